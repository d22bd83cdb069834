package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"strings"

	"cosell/internal/sensitive"
	"cosell/model/smithy"
)

// Sensitive says what happens to members that AWS's model marks as sensitive.
type Sensitive string

// What can happen to sensitive members.
const (
	// Replace puts other letters and digits in place, the same for the same text, so that formats and
	// relations stay and a replay works.
	Replace Sensitive = "replace"
	// Mask puts asterisks in place.
	Mask Sensitive = "mask"
	// Keep keeps them.
	Keep Sensitive = "keep"
)

// cleaner removes what is sensitive from requests and answers.
type cleaner struct {
	model *smithy.Model
	mode  Sensitive
	key   []byte // of this recording; never stored
}

var (
	accountInARN = regexp.MustCompile(`:[0-9]{12}:`)
	accountKey   = regexp.MustCompile(`^[0-9]{12}$`)
	// fixed are beginnings that a replacement must keep.
	fixed = regexp.MustCompile(`^(https?://|s3://)?(www\.)?`)
)

// clean returns a value of a shape without what is sensitive. Members that the contract does not know are left
// out, since nothing says what they hold.
func (c *cleaner) clean(shape *smithy.Shape, value any) any {
	return sensitive.Replace(c.model, shape, value, c.text)
}

func (c *cleaner) text(shape *smithy.Shape, text string, marked bool) string {
	switch {
	case c.mode == Keep:
		return text
	case !marked || shape.Kind == smithy.KindEnum:
		return accountInARN.ReplaceAllStringFunc(text, func(part string) string {
			return ":" + c.account(strings.Trim(part, ":")) + ":"
		})
	case c.mode == Mask:
		return sensitive.Masked
	}
	return c.replace(text)
}

// account returns what stands for an access key. The names of development keys stay.
func (c *cleaner) account(key string) string {
	switch {
	case c.mode == Keep, key == "aws", key == "test":
		return key
	case accountKey.MatchString(key):
		return c.replace(key)
	}
	return "key-" + c.replace(key)
}

// replace puts other letters and digits of the same kind in place of those of a text.
func (c *cleaner) replace(text string) string {
	begin := len(fixed.FindString(text))
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(text))
	stream := mac.Sum(nil)
	out := []byte(text)
	for i := begin; i < len(out); i++ {
		if n := i - begin; n > 0 && n%len(stream) == 0 {
			mac.Write(stream)
			stream = mac.Sum(nil)
		}
		b := stream[(i-begin)%len(stream)]
		switch ch := out[i]; {
		case 'a' <= ch && ch <= 'z':
			out[i] = 'a' + b%26
		case 'A' <= ch && ch <= 'Z':
			out[i] = 'A' + b%26
		case '1' <= ch && ch <= '9':
			out[i] = '1' + b%9
		case ch >= 0x80:
			out[i] = 'x' // texts beyond ASCII become longer or plainer, never legible
		}
	}
	return string(out)
}
