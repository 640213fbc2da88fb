output "cluster_name" {
  description = "Name of the EKS cluster."
  value       = module.aws.cluster_name
}

output "cluster_endpoint" {
  description = "Address of the Kubernetes API."
  value       = module.aws.cluster_endpoint
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = module.aws.vpc_id
}
