package s3

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"cosell/internal/api"
	"cosell/internal/auth"
	"cosell/internal/files"
)

// The codes of S3's errors that package auth does not have.
const (
	codeBadDigest       = "BadDigest"
	codeEntityTooLarge  = "EntityTooLarge"
	codeEntityTooSmall  = "EntityTooSmall"
	codeInternalError   = "InternalError"
	codeInvalidArgument = "InvalidArgument"
	codeInvalidDigest   = "InvalidDigest"
	codeInvalidPart     = "InvalidPart"
	codeInvalidOrder    = "InvalidPartOrder"
	codeInvalidRequest  = auth.CodeInvalidRequest
	codeInvalidURI      = "InvalidURI"
	codeKeyTooLong      = "KeyTooLongError"
	codeMalformedXML    = "MalformedXML"
	codeNoSuchBucket    = "NoSuchBucket"
	codeNoSuchUpload    = "NoSuchUpload"
	codeQuotaExceeded   = "QuotaExceeded"
	codeRequestTimeout  = "RequestTimeout"
)

// statuses are the HTTP statuses of the codes.
var statuses = map[string]int{
	auth.CodeAccessDenied:         http.StatusForbidden,
	auth.CodeExpiredToken:         http.StatusBadRequest,
	auth.CodeHeaderMalformed:      http.StatusBadRequest,
	auth.CodeIncompleteBody:       http.StatusBadRequest,
	auth.CodeInvalidAccessKeyID:   http.StatusForbidden,
	auth.CodeInvalidRequest:       http.StatusBadRequest,
	auth.CodeMissingLength:        http.StatusLengthRequired,
	auth.CodePayloadMismatch:      http.StatusBadRequest,
	auth.CodeQueryMalformed:       http.StatusBadRequest,
	auth.CodeRequestTimeTooSkewed: http.StatusForbidden,
	auth.CodeSignatureMismatch:    http.StatusForbidden,
	codeBadDigest:                 http.StatusBadRequest,
	codeEntityTooLarge:            http.StatusBadRequest,
	codeEntityTooSmall:            http.StatusBadRequest,
	codeInternalError:             http.StatusInternalServerError,
	codeInvalidArgument:           http.StatusBadRequest,
	codeInvalidDigest:             http.StatusBadRequest,
	codeInvalidPart:               http.StatusBadRequest,
	codeInvalidOrder:              http.StatusBadRequest,
	codeInvalidURI:                http.StatusBadRequest,
	codeKeyTooLong:                http.StatusBadRequest,
	codeMalformedXML:              http.StatusBadRequest,
	codeNoSuchBucket:              http.StatusNotFound,
	codeNoSuchUpload:              http.StatusNotFound,
	codeQuotaExceeded:             http.StatusForbidden,
	codeRequestTimeout:            http.StatusBadRequest,
}

// fileErrors are how S3 words the errors of package files.
var fileErrors = map[error]struct{ code, message string }{
	files.ErrTooLarge:     {codeEntityTooLarge, "Your proposed upload exceeds the maximum allowed size"},
	files.ErrQuota:        {codeQuotaExceeded, "The files of your account exceed the space or the number that this server gives an account."},
	files.ErrNoSuchUpload: {codeNoSuchUpload, "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
	files.ErrPart: {
		codeInvalidPart,
		"One or more of the specified parts could not be found.  The part may not have been uploaded, " +
			"or the specified entity tag may not match the part's entity tag.",
	},
	files.ErrParts:     {codeInvalidArgument, "The upload has 100 parts, the most that this server takes. A file of 100 MB in parts of 5 MiB has 20."},
	files.ErrPartOrder: {codeInvalidOrder, "The list of parts was not in ascending order. Parts must be ordered by part number."},
	files.ErrPartSize:  {codeEntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"},
}

// refuse makes an error of S3's.
func refuse(code, format string, args ...any) *api.Error {
	return &api.Error{Type: code, Message: strings.ToValidUTF8(fmt.Sprintf(format, args...), "\uFFFD")}
}

func denied() *api.Error { return refuse(auth.CodeAccessDenied, "Access Denied") }

// failure is the body of an error.
type failure struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Bucket    string `xml:"BucketName,omitempty"`
	Resource  string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
	MaxSize   int64  `xml:"MaxSizeAllowed,omitempty"`
}

func errorDocument(e *api.Error, path, id string) failure {
	f := failure{Code: e.Type, Message: e.Message, Resource: strings.ToValidUTF8(path, "\uFFFD"), RequestID: id, HostID: id}
	switch e.Type {
	case codeEntityTooLarge:
		f.MaxSize = files.MaxSize
	case codeNoSuchBucket:
		f.Bucket, _, _ = strings.Cut(strings.TrimPrefix(f.Resource, "/"), "/")
	}
	return f
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/" //nolint:revive // a name, not an address

type initiated struct {
	XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

type completed struct {
	XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
	Location string
	Bucket   string
	Key      string
	ETag     string
}

// complete is the body of CompleteMultipartUpload.
type complete struct {
	XMLName xml.Name `xml:"CompleteMultipartUpload"`
	Parts   []struct {
		PartNumber int
		ETag       string
	} `xml:"Part"`
}

// maxComplete bounds the body of CompleteMultipartUpload.
const maxComplete = 64 << 10

// completedParts reads the body of CompleteMultipartUpload.
func (r *request) completedParts() ([]files.CompletedPart, error) {
	sums, err := checksumsOf(http.Header{"Content-Md5": r.Header["Content-Md5"]})
	if err != nil {
		return nil, err
	}
	if r.object.Length() > maxComplete {
		return nil, malformed()
	}
	body, err := io.ReadAll(io.LimitReader(sums.check(r.object.Body(r.Body), nil), maxComplete+1))
	if err != nil {
		return nil, err
	}
	var document complete
	if len(body) > maxComplete || xml.Unmarshal(body, &document) != nil {
		return nil, malformed()
	}
	if document.XMLName.Space != "" && document.XMLName.Space != namespace {
		return nil, malformed()
	}
	var parts []files.CompletedPart
	for _, p := range document.Parts {
		parts = append(parts, files.CompletedPart{Number: p.PartNumber, ETag: strings.Trim(p.ETag, `"`)})
	}
	if len(parts) == 0 {
		return nil, malformed()
	}
	return parts, nil
}

func malformed() error {
	return refuse(codeMalformedXML, "The XML you provided was not well-formed or did not validate against our published schema")
}

func (a *answer) write(w http.ResponseWriter, head bool) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	var body []byte
	if a.body != nil {
		encoded, err := xml.Marshal(a.body)
		if err != nil {
			panic(err) // of texts alone
		}
		body = append([]byte(xml.Header), encoded...)
		w.Header().Set("Content-Type", "application/xml")
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if !head {
		_, _ = w.Write(body) // a client that went away is told nothing
	}
}
