output "vpc_id" {
  value = aws_vpc.this.id
}

output "cluster_name" {
  value = aws_eks_cluster.this.name
}

output "cluster_endpoint" {
  value = aws_eks_cluster.this.endpoint
}

output "cluster_authority" {
  value = aws_eks_cluster.this.certificate_authority[0].data
}

output "controller_role_arns" {
  value = { for name, role in aws_iam_role.controller : name => role.arn }
}
