package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// How a client of S3 covers the body of a request, by what x-amz-content-sha256
// says.
const (
	unsignedPayload        = "UNSIGNED-PAYLOAD"
	streamingUnsigned      = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	streamingSigned        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
)

// Object is a verified request of S3's.
type Object struct {
	Principal

	payload payload
	chunks  chunkSigner
}

// payload is how a body is covered, and how long it is.
type payload struct {
	hash     string // in lower-case hexadecimal digits; "" where the body has none
	length   int64  // of the content; -1 where the request does not say
	chunked  bool   // in the form aws-chunked
	signed   bool   // chunk by chunk
	trailers []string
}

// parsePayload reads how the body of a request is covered.
func parsePayload(r *http.Request, covered string) (payload, error) {
	p := payload{length: r.ContentLength}
	switch covered {
	case unsignedPayload:
		return p, nil
	case streamingUnsigned:
		p.chunked = true
	case streamingSigned, streamingSignedTrailer:
		p.chunked, p.signed = true, true
	default:
		if sum, err := hex.DecodeString(covered); err != nil || len(sum) != sha256.Size || strings.ToLower(covered) != covered {
			return p, refuse(CodeInvalidRequest, "x-amz-content-sha256 must be %s, %s, %s, %s or a valid sha256 value.",
				unsignedPayload, streamingUnsigned, streamingSigned, streamingSignedTrailer)
		}
		p.hash = covered
		return p, nil
	}
	value, err := single(r.Header, "X-Amz-Decoded-Content-Length")
	if err != nil {
		return p, as(CodeInvalidRequest, err)
	}
	if value == "" {
		return p, refuse(CodeMissingLength, "You must provide the x-amz-decoded-content-length HTTP header.")
	}
	length, err := strconv.ParseUint(value, 10, 53)
	if err != nil {
		return p, refuse(CodeInvalidRequest, "x-amz-decoded-content-length must be a number of bytes.")
	}
	p.length = int64(length)
	if covered != streamingSigned {
		if p.trailers, err = parseTrailerNames(r.Header); err != nil {
			return p, err
		}
	}
	return p, nil
}

// maxTrailers bounds the trailers that a request may announce.
const maxTrailers = 4

func parseTrailerNames(header http.Header) ([]string, error) {
	value, err := single(header, "X-Amz-Trailer")
	if err != nil {
		return nil, as(CodeInvalidRequest, err)
	}
	if value == "" {
		return nil, nil
	}
	names := strings.Split(value, ",")
	if len(names) > maxTrailers {
		return nil, refuse(CodeInvalidRequest, "x-amz-trailer must name at most %d trailers.", maxTrailers)
	}
	for i, name := range names {
		names[i] = strings.ToLower(strings.Trim(name, " \t"))
	}
	return names, nil
}

// Length returns how long the content is, or -1 where the request does not say.
func (o *Object) Length() int64 { return o.payload.length }

// Body returns the content of a body: without the chunks that it came in, and
// failing at its end where it is not what was signed. Its errors are *api.Error,
// or those of body.
func (o *Object) Body(body io.Reader) *Body {
	b := &Body{left: o.payload.length, trailers: map[string]string{}}
	switch {
	case o.payload.chunked:
		b.reader = newChunkReader(body, o.payload, o.chunks, b.trailers)
	case o.payload.hash != "":
		b.reader = &hashedReader{reader: body, want: o.payload.hash, hash: sha256.New()}
	default:
		b.reader = body
	}
	return b
}

// Body is the content of a request's body.
type Body struct {
	reader   io.Reader
	left     int64 // of what the request promised; negative where it did not
	trailers map[string]string
}

// Read implements [io.Reader]. io.EOF says that the body is what was signed, of the
// length that was promised.
func (b *Body) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	if b.left >= 0 {
		if int64(n) > b.left {
			return 0, refuse(CodeInvalidRequest, "The body is longer than the request says.")
		}
		b.left -= int64(n)
		if err == io.EOF && b.left > 0 {
			return n, incompleteBody()
		}
	}
	return n, err
}

// Trailers returns the trailers of a body that was read to its end, by their
// lower-case names.
func (b *Body) Trailers() map[string]string { return b.trailers }

func incompleteBody() error {
	return refuse(CodeIncompleteBody, "You did not provide the number of bytes specified by the Content-Length HTTP header")
}

// hashedReader fails at the end of what is not what its hash says.
type hashedReader struct {
	reader io.Reader
	want   string
	hash   hash.Hash
}

// Read implements [io.Reader].
func (h *hashedReader) Read(p []byte) (int, error) {
	n, err := h.reader.Read(p)
	h.hash.Write(p[:n])
	if err == io.EOF {
		if actual := hex.AppendEncode(nil, h.hash.Sum(nil)); !hmac.Equal(actual, []byte(h.want)) {
			return n, refuse(CodePayloadMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.")
		}
	}
	return n, err
}
