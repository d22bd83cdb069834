package s3

import (
	"crypto/md5"  //nolint:gosec // what clients of S3 send
	"crypto/sha1" //nolint:gosec // likewise
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"strings"
)

// nvme is the polynomial of CRC-64/NVME, bits reversed.
const nvme = 0x9a6c9329ac4bc9b5

// algorithms make the checksums that S3 knows, by the ends of their headers.
var algorithms = map[string]func() hash.Hash{
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(nvme)) },
	"sha1":      sha1.New,
	"sha256":    sha256.New,
}

const (
	checksumPrefix = "x-amz-checksum-"
	contentMD5     = "Content-MD5"
)

// checksums are what a request says of its body beside the signature.
type checksums struct {
	md5       []byte // nil without Content-MD5
	algorithm string // of the x-amz-checksum- header or trailer; "" without one
	want      string // in base64; "" where it comes as a trailer
	actual    string // in base64, once the body was read
}

// checksumsOf reads the checksums in the header of a request, and which one its
// trailers will have.
func checksumsOf(header http.Header) (*checksums, error) {
	c := new(checksums)
	if value := header.Get(contentMD5); value != "" {
		sum, err := base64.StdEncoding.DecodeString(value)
		if err != nil || len(sum) != md5.Size {
			return nil, refuse(codeInvalidDigest, "The Content-MD5 you specified was invalid.")
		}
		c.md5 = sum
	}
	for name := range header {
		algorithm, found := strings.CutPrefix(strings.ToLower(name), checksumPrefix)
		if !found || algorithm == "algorithm" || algorithm == "type" {
			continue
		}
		if err := c.expect(algorithm, header.Get(name)); err != nil {
			return nil, err
		}
	}
	for name := range strings.SplitSeq(header.Get("X-Amz-Trailer"), ",") {
		algorithm, found := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), checksumPrefix)
		if !found {
			continue
		}
		if err := c.expect(algorithm, ""); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *checksums) expect(algorithm, want string) error {
	if c.algorithm != "" {
		return refuse(codeInvalidRequest, "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	if algorithms[algorithm] == nil {
		return refuse(codeInvalidRequest, "The algorithm type you specified in x-amz-checksum- header is invalid.")
	}
	c.algorithm, c.want = algorithm, want
	return nil
}

// wholeObject returns the checksum of a whole file that comes in parts, nil where
// the request has none.
func (c *checksums) wholeObject() *checksums {
	if c.algorithm == "" || strings.Contains(c.want, "-") {
		return nil
	}
	return &checksums{algorithm: c.algorithm, want: c.want} // Content-MD5 is of the list of parts
}

// check returns a reader that fails at the end of what has other checksums.
func (c *checksums) check(body io.Reader, trailers func() map[string]string) io.Reader {
	r := &checkedReader{reader: body, checksums: c, trailers: trailers}
	if c.md5 != nil {
		r.md5 = md5.New() //nolint:gosec // see above
		r.reader = io.TeeReader(r.reader, r.md5)
	}
	if c.algorithm != "" {
		r.sum = algorithms[c.algorithm]()
		r.reader = io.TeeReader(r.reader, r.sum)
	}
	return r
}

// header is what the answer to an upload says of it.
func (c *checksums) header(etag, version string) map[string]string {
	header := map[string]string{"ETag": `"` + etag + `"`}
	if version != "" {
		header["X-Amz-Version-Id"] = version
	}
	if c.algorithm != "" {
		header[checksumPrefix+c.algorithm] = c.actual
		if version != "" {
			header["X-Amz-Checksum-Type"] = "FULL_OBJECT"
		}
	}
	return header
}

type checkedReader struct {
	*checksums

	reader   io.Reader
	md5, sum hash.Hash
	trailers func() map[string]string
}

// Read implements [io.Reader].
func (r *checkedReader) Read(p []byte) (int, error) {
	n, err := r.reader.Read(p)
	if err == io.EOF {
		if wrong := r.verify(); wrong != nil {
			return n, wrong
		}
	}
	return n, err
}

func (r *checkedReader) verify() error {
	if r.md5 != nil && subtle.ConstantTimeCompare(r.md5.Sum(nil), r.checksums.md5) == 0 {
		return refuse(codeBadDigest, "The Content-MD5 you specified did not match what we received.")
	}
	if r.sum == nil {
		return nil
	}
	want := r.want
	if want == "" && r.trailers != nil {
		want = r.trailers()[checksumPrefix+r.algorithm]
	}
	sum := r.sum.Sum(nil)
	if decoded, err := base64.StdEncoding.DecodeString(want); err != nil || len(decoded) != len(sum) {
		return refuse(codeInvalidRequest, "Value for %s%s header is invalid.", checksumPrefix, r.algorithm)
	}
	r.actual = base64.StdEncoding.EncodeToString(sum)
	if r.actual != want {
		return refuse(codeBadDigest, "The %s you specified did not match the calculated checksum.", strings.ToUpper(r.algorithm))
	}
	return nil
}
