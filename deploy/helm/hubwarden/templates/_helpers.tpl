{{- define "hubwarden.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "hubwarden.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "hubwarden.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "hubwarden.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "hubwarden.selector" -}}
app.kubernetes.io/name: {{ include "hubwarden.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "hubwarden.labels" -}}
{{ include "hubwarden.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "hubwarden.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "hubwarden.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "hubwarden.secret" -}}
{{- default (include "hubwarden.fullname" .) .Values.secret.existing }}
{{- end }}

{{- define "hubwarden.configMap" -}}
{{- default (include "hubwarden.fullname" .) .Values.existingConfigMap }}
{{- end }}

{{/* What both kinds of pods have, besides their containers. */}}
{{- define "hubwarden.pod" -}}
serviceAccountName: {{ include "hubwarden.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
# It closes within 10 seconds.
terminationGracePeriodSeconds: 20
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: configuration
    configMap: { name: {{ include "hubwarden.configMap" . }} }
  # Nothing lasting: the database and the key come from the Secret.
  - name: data
    emptyDir: { sizeLimit: 64Mi }
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  {{- with .Values.roster.existingClaim }}
  - name: roster
    persistentVolumeClaim: { claimName: {{ . }}, readOnly: true }
  {{- end }}
{{- end }}

{{/* What both kinds of containers have, besides what they run. */}}
{{- define "hubwarden.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
envFrom:
  - secretRef: { name: {{ include "hubwarden.secret" . }} }
env:
  - { name: LOG_LEVEL, value: {{ .Values.logLevel }} }
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: configuration, mountPath: /etc/hubwarden, readOnly: true }
  - { name: data, mountPath: /var/lib/hubwarden }
  - { name: tmp, mountPath: /tmp }
  {{- if .Values.roster.existingClaim }}
  - { name: roster, mountPath: {{ .Values.roster.mountPath | quote }}, readOnly: true }
  {{- end }}
{{- end }}

{{/* A change of either starts the pods anew. */}}
{{- define "hubwarden.podAnnotations" -}}
checksum/configuration: {{ .Values.configuration | sha256sum }}
checksum/secret: {{ .Values.secret.values | toJson | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
