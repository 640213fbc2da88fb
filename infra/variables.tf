variable "env_id" {
  description = "Name of the environment; cluster, namespace and release carry it too."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.env_id))
    error_message = "An env id is 2 to 40 characters of a-z, 0-9 and hyphens, and begins with a letter."
  }
}

variable "region" {
  description = "AWS region of everything."
  type        = string
}

variable "tags" {
  description = "Tags of every resource; the owner tag among them is how a leftover is found."
  type        = map(string)
}

variable "zone" {
  description = "Route 53 zone in which external-dns writes the public host."
  type        = string
}

variable "vpc_cidr" {
  description = "Address range of the VPC; two zones get a public and a private subnet each."
  type        = string
  default     = "10.42.0.0/16"
}

variable "kubernetes_version" {
  description = "Version of the EKS control plane."
  type        = string
  default     = "1.34"
}

variable "nodes" {
  description = "Instance types and number of nodes."
  type = object({
    instance_types = optional(list(string), ["t3.large"])
    capacity_type  = optional(string, "SPOT")
    count          = optional(number, 2)
  })
  default = {}
}

variable "chart_mirror" {
  description = "Base URL of a mirror of the public chart repositories; empty: the public ones."
  type        = string
  default     = ""
}
