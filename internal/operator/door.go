package operator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"
)

// strictJSON is the format of bodies: JSON as huma reads it, but without members that
// are sent twice.
var strictJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if err := checkDuplicates(data); err != nil {
			return err
		}
		return huma.DefaultJSONFormat.Unmarshal(data, v)
	},
}

// checkDuplicates refuses JSON with a member that is sent twice. It leaves other
// mistakes to the decoder.
func checkDuplicates(data []byte) error {
	err := jsontext.NewDecoder(bytes.NewReader(data)).SkipValue()
	if syntactic, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("%s: duplicate member; must be sent once", strings.TrimPrefix(string(syntactic.JSONPointer), "/"))
	}
	return nil
}

// door passes requests on to the routes of a mux. A body without a content type is
// JSON, and so is one with that of a form, which curl sends where it is not told
// otherwise. Refusals are problem+json.
func door(mux *http.ServeMux, audited bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern == "" {
			refused := &refusalRecorder{header: http.Header{}}
			handler.ServeHTTP(refused, r)
			refused.tell(w, r)
			return
		}
		if r.ContentLength != 0 && r.URL.Path != importPath {
			if given, ok := asJSON(r); !ok {
				problem(w, http.StatusUnsupportedMediaType, fmt.Sprintf("Content-Type: is %q; must be application/json", given))
				return
			}
		}
		if audited {
			r = tell(r)
		}
		mux.ServeHTTP(w, r)
	})
}

// asJSON reports whether a body is sent as JSON, and sees to it that its content type
// says so. Otherwise it returns that type.
func asJSON(r *http.Request) (string, bool) {
	given := r.Header.Get("Content-Type")
	mediaType, _, err := mime.ParseMediaType(given)
	switch {
	case given == "", err == nil && mediaType == "application/x-www-form-urlencoded":
		r.Header.Set("Content-Type", "application/json")
		return "", true
	case err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")):
		return "", true
	}
	const most = 100
	return given[:min(len(given), most)], false
}

// refusalRecorder takes the answer of a mux to a request that no route serves.
type refusalRecorder struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (r *refusalRecorder) Header() http.Header { return r.header }

// Write implements [http.ResponseWriter]. The text is not told.
func (r *refusalRecorder) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements [http.ResponseWriter].
func (r *refusalRecorder) WriteHeader(status int) { r.status = status }

// tell answers as the mux did, as problem+json.
func (r *refusalRecorder) tell(w http.ResponseWriter, request *http.Request) {
	if location := r.header.Get("Location"); location != "" {
		http.Redirect(w, request, location, r.status)
		return
	}
	if r.status == http.StatusMethodNotAllowed {
		allowed := r.header.Get("Allow")
		w.Header().Set("Allow", allowed)
		problem(w, r.status, fmt.Sprintf("method: is %.20q; must be one of: %s", request.Method, allowed))
		return
	}
	problem(w, http.StatusNotFound, "path: no such route; "+Prefix+"/openapi.json describes all of them")
}

// problem answers with a refusal in the form of RFC 9457.
func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	// A write error means that the client has disconnected.
	_ = json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail}) //nolint:errchkjson // as above
}
