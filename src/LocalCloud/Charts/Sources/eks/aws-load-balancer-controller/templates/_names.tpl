{{- define "albc.name" -}}{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}{{- end -}}

{{- define "albc.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "albc.name" .) .Release.Name -}}{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name (include "albc.name" .) | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{/* The webhook's objects are named without "-controller": aws-load-balancer-webhook, aws-load-balancer-tls. */}}
{{- define "albc.prefix" -}}{{ default (trimSuffix "-controller" .Chart.Name) .Values.nameOverride | trunc 42 | trimSuffix "-" }}{{- end -}}

{{- define "albc.selector" -}}
app.kubernetes.io/name: {{ include "albc.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "albc.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{ include "albc.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "albc.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "albc.fullname" .) .Values.serviceAccount.name }}
{{- else }}{{ default "default" .Values.serviceAccount.name }}{{ end -}}
{{- end -}}

{{/* YAML of the serving certificate: given, kept from the secret that exists, or new. */}}
{{- define "albc.tls" -}}
{{- $service := printf "%s-webhook-service" (include "albc.prefix" .) -}}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-tls" (include "albc.prefix" .)) -}}
{{- if and .Values.webhookTLS.caCert .Values.webhookTLS.cert .Values.webhookTLS.key -}}
ca: {{ .Values.webhookTLS.caCert | b64enc }}
cert: {{ .Values.webhookTLS.cert | b64enc }}
key: {{ .Values.webhookTLS.key | b64enc }}
{{- else if and .Values.keepTLSSecret $kept -}}
ca: {{ index $kept.data "ca.crt" }}
cert: {{ index $kept.data "tls.crt" }}
key: {{ index $kept.data "tls.key" }}
{{- else -}}
{{- $host := printf "%s.%s" $service .Release.Namespace -}}
{{- $ca := genCA "aws-load-balancer-controller-ca" 3650 -}}
{{- $pair := genSignedCert (include "albc.fullname" .) nil (list $host (print $host ".svc") (printf "%s.svc.%s" $host .Values.cluster.dnsDomain)) 3650 $ca -}}
ca: {{ $ca.Cert | b64enc }}
cert: {{ $pair.Cert | b64enc }}
key: {{ $pair.Key | b64enc }}
{{- end -}}
{{- end -}}

{{/* Every webhook leaves the controller's own objects alone, or it could never start again. */}}
{{- define "albc.notItself" -}}
objectSelector:
  matchExpressions:
    - key: app.kubernetes.io/name
      operator: NotIn
      values: [{{ include "albc.name" . }}]
{{- end -}}
