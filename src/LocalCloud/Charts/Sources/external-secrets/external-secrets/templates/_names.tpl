{{- define "external-secrets.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "external-secrets.namespace" -}}{{ default .Release.Namespace .Values.namespaceOverride }}{{- end -}}

{{/* Labels of one part: (dict "root" $ "name" "external-secrets-webhook") */}}
{{- define "external-secrets.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "external-secrets.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{ include "external-secrets.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "external-secrets.account" -}}{{ default (include "external-secrets.fullname" .) .Values.serviceAccount.name }}{{- end -}}
{{- define "external-secrets.webhookAccount" -}}{{ default "external-secrets-webhook" .Values.webhook.serviceAccount.name }}{{- end -}}
{{- define "external-secrets.certControllerAccount" -}}{{ default "external-secrets-cert-controller" .Values.certController.serviceAccount.name }}{{- end -}}
{{- define "external-secrets.image" -}}{{ .image.repository }}:{{ default .root.Chart.AppVersion .image.tag }}{{- end -}}

{{/* What any pod of this chart may set: (dict "values" .Values.webhook) */}}
{{- define "external-secrets.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "external-secrets.extraArgs" -}}
{{- range $key, $value := . }}
- --{{ $key }}{{ if $value }}={{ $value }}{{ end }}
{{- end }}
{{- end -}}
