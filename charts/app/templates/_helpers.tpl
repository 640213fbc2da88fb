{{- define "app.labels" -}}
app.kubernetes.io/part-of: app
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
