variable "env_id" {
  type = string
}

variable "region" {
  type = string
}

variable "zone" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "cluster_name" {
  type = string
}

variable "role_arns" {
  type = map(string)
}

variable "chart_mirror" {
  type = string
}
