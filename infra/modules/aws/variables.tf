variable "env_id" {
  type = string
}

variable "vpc_cidr" {
  type = string
}

variable "kubernetes_version" {
  type = string
}

variable "nodes" {
  type = object({
    instance_types = list(string)
    capacity_type  = string
    count          = number
  })
}

variable "zone" {
  type = string
}
