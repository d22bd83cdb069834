package record

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cosell/internal/api"
	"cosell/model"
	"cosell/model/smithy"
)

// Replayer sends the exchanges of a recording to an endpoint.
type Replayer struct {
	Endpoint string
	Signer   *Signer
	Client   *http.Client

	model     *smithy.Model
	sensitive Sensitive
	sent      map[string]bool // texts of the requests so far

	// renamed has what an identifier, time or token of the recording is at this endpoint.
	renamed map[string]string
	run     string // tells this replay's client tokens from others'
}

// Difference is an exchange that was answered differently.
type Difference struct {
	Exchange *Exchange
	Lines    []string // each a place, the recorded value, and the new one
}

// Replay sends every exchange and reports each that was answered differently. It returns how many were sent.
func (p *Replayer) Replay(ctx context.Context, recording *Reader, tell func(Difference)) (int, error) {
	var err error
	if p.model, err = model.Load(); err != nil {
		return 0, err
	}
	p.sent, p.sensitive = map[string]bool{}, recording.Header.Sensitive
	p.renamed, p.run = map[string]string{}, strings.ToLower(rand.Text()[:8])
	for sent := 0; ; sent++ {
		e, err := recording.Next()
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return sent, err
		}
		status, exceptionNow, answer, err := p.send(ctx, e)
		if err != nil {
			return sent, fmt.Errorf("exchange %d, %s: %w", e.Number, e.Operation, err)
		}
		var lines []string
		if status != e.Status || exceptionNow != e.Error {
			lines = append(lines, fmt.Sprintf("answer: recorded %s, now %s", outcome(e.Status, e.Error), outcome(status, exceptionNow)))
		} else {
			output := e.Error
			if operation := p.model.Shapes[e.Operation]; output == "" && operation != nil {
				output = operation.Output
			}
			lines = p.compare(place{shape: p.model.Shapes[output]}, e.Answer, answer)
		}
		if len(lines) > 0 {
			tell(Difference{e, lines})
		}
	}
}

func outcome(status int, exception string) string {
	if exception == "" {
		return strconv.Itoa(status)
	}
	return fmt.Sprintf("%d %s", status, exception)
}

func (p *Replayer) send(ctx context.Context, e *Exchange) (status int, name string, answer map[string]any, err error) {
	request, _ := p.rename(e.Request).(map[string]any)
	if token, ok := request["ClientToken"].(string); ok && token != "" {
		const longest = 255
		request["ClientToken"] = (p.run + "-" + token)[:min(longest, len(p.run)+1+len(token))]
	}
	body, err := json.Marshal(request)
	if err != nil {
		return 0, "", nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(p.Endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, fmt.Errorf("--endpoint: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", api.TargetPrefix+"."+e.Operation)
	if err := p.Signer.sign(r, e.Account, body); err != nil {
		return 0, "", nil, err
	}
	response, err := p.Client.Do(r)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, "", nil, err
	}
	_ = json.Unmarshal(text, &answer) // an empty body is an answer too
	if response.StatusCode != http.StatusOK {
		name = exception(response.Header, text)
	}
	return response.StatusCode, name, answer, nil
}

var (
	// volatile are texts that differ from run to run: identifiers, ARNs with them, and times.
	volatile = regexp.MustCompile(`^(O[0-9]{5,19}|(eng|engi|job|task|bulkjob|cust-acc|eng-grp)-[0-9a-z]+|arn:aws:partnercentral.*|` +
		`\d{4}-\d\d-\d\dT[0-9:.]+Z)$`)
	// tokens are members whose values only the endpoint understands.
	tokens = []string{"NextToken", "Url"}
	// identifiers are found within ARNs.
	identifiers = regexp.MustCompile(`O[0-9]{5,19}|(?:eng-grp|engi|eng|job|task|bulkjob|cust-acc)-[0-9a-z]+`)
)

// rename puts what this endpoint answered in place of what was recorded.
func (p *Replayer) rename(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			out[name] = p.rename(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = p.rename(inner)
		}
		return out
	case string:
		if now, found := p.renamed[v]; found {
			return now
		}
		p.sent[v] = true
		if strings.HasPrefix(v, "arn:") {
			return identifiers.ReplaceAllStringFunc(v, func(id string) string {
				if now, found := p.renamed[id]; found {
					return now
				}
				return id
			})
		}
	}
	return value
}

// place is where a value stands in an answer.
type place struct {
	path      string
	shape     *smithy.Shape // nil where the contract does not have it
	sensitive bool
}

// target is the place of a member or element.
func (p *Replayer) target(at place, path string, m *smithy.Member) place {
	inner := place{path: path, sensitive: at.sensitive}
	if m != nil {
		inner.shape = p.model.Shapes[m.Target]
		inner.sensitive = at.sensitive || m.Traits.Has("sensitive")
	}
	if inner.shape != nil {
		inner.sensitive = inner.sensitive || inner.shape.Traits.Has("sensitive")
	}
	return inner
}

// compare names the places where two answers differ. Identifiers, times and tokens are learned instead.
func (p *Replayer) compare(at place, recorded, now any) []string {
	switch r := recorded.(type) {
	case map[string]any:
		n, ok := now.(map[string]any)
		if !ok {
			return differ(at.path, recorded, now)
		}
		var lines []string
		for _, name := range slices.Sorted(maps.Keys(r)) {
			lines = append(lines, p.member(at, name, r[name], n[name])...)
		}
		return lines
	case []any:
		n, ok := now.([]any)
		if !ok || len(n) != len(r) {
			return differ(at.path, recorded, now)
		}
		var element *smithy.Member
		if at.shape != nil && at.shape.Kind == smithy.KindList {
			element = at.shape.Element()
		}
		var lines []string
		for i := range r {
			lines = append(lines, p.compare(p.target(at, fmt.Sprintf("%s[%d]", at.path, i), element), r[i], n[i])...)
		}
		return lines
	case string:
		if n, ok := now.(string); ok && p.same(at, r, n) {
			return nil
		}
	}
	if recorded != now {
		return differ(at.path, recorded, now)
	}
	return nil
}

// same reports whether two different texts may stand for the same.
func (p *Replayer) same(at place, recorded, now string) bool {
	switch {
	case volatile.MatchString(recorded) && volatile.MatchString(now):
		p.renamed[recorded] = now
		return true
	case recorded == now || !at.sensitive || p.sensitive == Keep:
		return recorded == now
	case p.sensitive == Mask:
		return true // the recording does not tell
	}
	// The recording has another text in place of one that the endpoint made itself. Which one does not matter, but
	// it must be the same each time; a text of a request must come back as it was sent.
	if known, found := p.renamed[recorded]; found || p.sent[recorded] {
		return known == now
	}
	p.renamed[recorded] = now
	return true
}

func (p *Replayer) member(at place, name string, recorded, now any) []string {
	path := name
	if at.path != "" {
		path = at.path + "." + name
	}
	if slices.Contains(tokens, name) {
		r, had := recorded.(string)
		n, has := now.(string)
		if had != has {
			return differ(path, recorded, now)
		}
		if had {
			p.renamed[r] = n
		}
		return nil
	}
	if at.path == "" && name == "Message" {
		return nil // texts may name times and identifiers
	}
	var m *smithy.Member
	if at.shape != nil && (at.shape.Kind == smithy.KindStructure || at.shape.Kind == smithy.KindUnion) {
		m = at.shape.Member(name)
	}
	return p.compare(p.target(at, path, m), recorded, now)
}

func differ(at string, recorded, now any) []string {
	const most = 100
	short := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil || len(text) > most {
			return string(text[:min(len(text), most)]) + "…"
		}
		return string(text)
	}
	return []string{fmt.Sprintf("%s: recorded %s, now %s", at, short(recorded), short(now))}
}
