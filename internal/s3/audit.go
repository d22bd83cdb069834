package s3

import (
	"encoding/json"
	"net/http"
	"strings"

	"cosell/internal/access"
	"cosell/internal/audit"
)

// event returns the name of what a request asks for. Whatever is no upload is refused.
func (r *request) event() string {
	switch {
	case r.Method == http.MethodPut && r.has("uploadId"):
		return "UploadPart"
	case r.Method == http.MethodPost && r.has("uploads"):
		return "CreateMultipartUpload"
	case r.Method == http.MethodPost && r.has("uploadId"):
		return "CompleteMultipartUpload"
	case r.Method == http.MethodDelete && r.has("uploadId"):
		return "AbortMultipartUpload"
	case r.bucketEvent() != "":
		return r.bucketEvent()
	case r.Method == http.MethodPut:
		return "PutObject"
	case r.Method == http.MethodGet:
		return "GetObject"
	case r.Method == http.MethodHead:
		return "HeadObject"
	case r.Method == http.MethodDelete:
		return "DeleteObject"
	}
	return "Unknown"
}

// bucketEvent returns the name of what a request asks for that names no object, "" for
// one that does.
func (r *request) bucketEvent() string {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case key != "":
		return ""
	case bucket == "":
		return "ListBuckets"
	case r.Method == http.MethodHead:
		return "HeadBucket"
	case r.Method == http.MethodGet && r.has("location"):
		return "GetBucketLocation"
	case r.Method == http.MethodGet:
		return "ListObjects"
	case r.Method == http.MethodPut:
		return "CreateBucket"
	case r.Method == http.MethodDelete:
		return "DeleteBucket"
	}
	return "Unknown"
}

// begin begins the entry of a request in the audit, nil where it is not kept.
func (h *Handler) begin(r *request, id string) *audit.Entry {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !h.Audit.Wants(reads) {
		return nil
	}
	e := h.Audit.Begin(audit.SourceS3, r.event(), reads)
	e.Caller = r.object.Principal
	access.Sent(e, r.Request, id)
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	parameters := map[string]string{"bucketName": bucket, "key": key, "Host": r.Host}
	for _, name := range []string{"partNumber", "uploadId"} {
		if r.has(name) {
			parameters[name] = r.parameter(name)
		}
	}
	const most = 1200 // above the longest name of a file
	for name, value := range parameters {
		parameters[name] = strings.ToValidUTF8(value[:min(len(value), most)], "\uFFFD")
	}
	if encoded, err := json.Marshal(parameters); err == nil {
		e.Request = encoded
	}
	return e
}
