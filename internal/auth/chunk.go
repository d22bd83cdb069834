package auth

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
)

const (
	// maxChunkLine bounds a line of the form aws-chunked: a size with its
	// signature, or a trailer.
	maxChunkLine = 1024
	// trailerSignature covers the other trailers.
	trailerSignature = "x-amz-trailer-signature"
)

// chunkSigner makes the signatures of chunks, each of which covers the one before.
type chunkSigner struct {
	key      *signingKey
	when     string
	scope    scope
	previous string // signature
}

// next returns the signature of a chunk, or of the trailers, by its hash.
func (s *chunkSigner) next(kind, sum string) string {
	text := append([]byte(algorithm+"-"+kind+"\n"+s.when+"\n"), s.scope.appendTo(nil)...)
	text = append(text, "\n"+s.previous+"\n"...)
	if kind == "PAYLOAD" {
		empty := sha256.Sum256(nil)
		text = append(hex.AppendEncode(text, empty[:]), '\n')
	}
	text = append(text, sum...)
	s.previous = string(s.key.sign(nil, text))
	return s.previous
}

// chunkReader decodes the form aws-chunked and checks its signatures. It hands out
// what is in a chunk before it has read the chunk's end; nothing counts before the
// end of it all.
type chunkReader struct {
	in       *bufio.Reader
	signed   bool
	signer   chunkSigner
	expected []string // trailers
	trailers map[string]string

	left      uint64 // of the chunk under way
	inChunk   bool
	signature string // that the chunk under way claims
	hash      hash.Hash
	err       error
}

func newChunkReader(body io.Reader, p payload, signer chunkSigner, trailers map[string]string) *chunkReader {
	return &chunkReader{
		in: bufio.NewReaderSize(body, 4*maxChunkLine), signed: p.signed, signer: signer,
		expected: p.trailers, trailers: trailers, hash: sha256.New(),
	}
}

// Read implements [io.Reader].
func (c *chunkReader) Read(p []byte) (int, error) {
	for c.err == nil && len(p) > 0 {
		if !c.inChunk {
			c.err = c.begin()
			continue
		}
		n, err := c.in.Read(p[:min(uint64(len(p)), c.left)])
		c.hash.Write(p[:n])
		c.left -= uint64(n) //nolint:gosec // no Read returns less than nothing
		switch {
		case err != nil:
			c.err = unexpectedEnd(err)
		case c.left == 0:
			c.err = c.end()
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, c.err
}

// begin reads the line before a chunk. Behind that of the last one, which is
// empty, come the trailers; then it returns io.EOF.
func (c *chunkReader) begin() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	size, extension, _ := strings.Cut(line, ";")
	if c.left, err = strconv.ParseUint(size, 16, 48); err != nil {
		return malformedChunk()
	}
	c.signature, c.inChunk = "", true
	c.hash.Reset()
	if c.signed {
		name, value, _ := strings.Cut(extension, "=")
		if name != "chunk-signature" || len(value) != 2*sha256.Size {
			return malformedChunk()
		}
		c.signature = value
	}
	if c.left > 0 {
		return nil
	}
	if err := c.verify(); err != nil {
		return err
	}
	if err := c.readTrailers(); err != nil {
		return err
	}
	if _, err := c.in.ReadByte(); err == nil {
		return malformedChunk()
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return io.EOF
}

// end reads what is behind the content of a chunk.
func (c *chunkReader) end() error {
	c.inChunk = false
	if line, err := c.line(); err != nil {
		return err
	} else if line != "" {
		return malformedChunk()
	}
	return c.verify()
}

func (c *chunkReader) verify() error {
	if !c.signed {
		return nil
	}
	sum := hex.EncodeToString(c.hash.Sum(nil))
	if !hmac.Equal([]byte(c.signer.next("PAYLOAD", sum)), []byte(c.signature)) {
		return chunkMismatch()
	}
	return nil
}

// readTrailers reads the lines behind the last chunk, up to an empty one or the
// end.
func (c *chunkReader) readTrailers() error {
	signature := ""
	var signedText strings.Builder
	for range maxTrailers + 2 {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			return c.verifyTrailers(signature, signedText.String())
		}
		name, value, found := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")
		switch _, twice := c.trailers[name]; {
		case !found, twice:
			return malformedChunk()
		case name == trailerSignature && signature == "":
			signature = value
		case slices.Contains(c.expected, name):
			c.trailers[name] = value
			signedText.WriteString(name + ":" + value + "\n")
		default:
			return refuse(CodeInvalidRequest, "The body has a trailer that x-amz-trailer does not name.")
		}
	}
	return malformedChunk()
}

func (c *chunkReader) verifyTrailers(signature, text string) error {
	if len(c.trailers) != len(c.expected) {
		return refuse(CodeInvalidRequest, "The body lacks a trailer that x-amz-trailer names.")
	}
	if !c.signed || len(c.expected) == 0 {
		return nil
	}
	sum := sha256.Sum256([]byte(text))
	if !hmac.Equal([]byte(c.signer.next("TRAILER", hex.EncodeToString(sum[:]))), []byte(signature)) {
		return chunkMismatch()
	}
	return nil
}

// line reads a line without its end.
func (c *chunkReader) line() (string, error) {
	var line []byte
	for len(line) <= maxChunkLine {
		b, err := c.in.ReadByte()
		if err != nil {
			return "", unexpectedEnd(err)
		}
		if b == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b)
	}
	return "", malformedChunk()
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return incompleteBody()
	}
	return err
}

func malformedChunk() error {
	return refuse(CodeInvalidRequest, "The body is not in the form aws-chunked, which the request says it has.")
}

func chunkMismatch() error {
	return refuse(CodeSignatureMismatch, "%s", "The signature of a chunk of the body is not the one we calculated.")
}
