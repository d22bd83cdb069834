package delivery

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"cosell/internal/outbound"
	"cosell/internal/store"
)

// destination returns an API destination with authorization parameters in
// EventBridge's form.
func destination(t *testing.T, e *Engine, address, parameters string) *apiDestination {
	t.Helper()
	d := &apiDestination{
		engine: e, key: "d", method: http.MethodPost, auth: new(authParameters), connection: "c", headers: http.Header{}, body: map[string]string{},
	}
	if err := json.Unmarshal([]byte(parameters), d.auth); err != nil {
		t.Fatal(err)
	}
	var err error
	if d.url, err = d.address(address, &httpParameters{PathParameterValues: []string{"a b"}, HeaderParameters: map[string]string{"X-Target": "1"}}); err != nil {
		t.Fatal(err)
	}
	return d
}

func toLoopback(change func(*Config)) *Engine {
	c := Config{Outbound: outbound.New(outbound.Policy{Loopback: true})}
	if change != nil {
		change(&c)
	}
	return New(c)
}

var anEvent = Message{ID: "1", Account: account, Body: []byte(`{"a":1}`)}

// What each kind of connection adds to a request.
func TestConnectionsAuthorizeRequests(t *testing.T) {
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = strings.Join([]string{r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("X-Key"), r.Header.Get("X-Target"), r.Header.Get("X-More"), string(body)}, " | ")
	}))
	defer server.Close()
	for name, c := range map[string]struct{ parameters, want string }{
		"Basic": {
			`{"BasicAuthParameters": {"Username": "u", "Password": "p"}}`,
			"/in/a%20b | Basic " + base64.StdEncoding.EncodeToString([]byte("u:p")) + ` |  | 1 |  | {"a":1}`,
		},
		"APIKey": {`{"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hush"}}`, `/in/a%20b |  | hush | 1 |  | {"a":1}`},
		"More": {
			`{"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hush"}, "InvocationHttpParameters": {
				"HeaderParameters": [{"Key": "X-More", "Value": "m"}], "QueryStringParameters": [{"Key": "q", "Value": "v w"}],
				"BodyParameters": [{"Key": "b", "Value": "2"}]}}`,
			`/in/a%20b?q=v+w |  | hush | 1 | m | {"a":1,"b":"2"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if o := destination(t, toLoopback(nil), server.URL+"/in/*", c.parameters).Send(t.Context(), anEvent); !o.OK() || got != c.want {
				t.Errorf("%+v\ngot  %s\nwant %s", o, got, c.want)
			}
		})
	}
}

// issuer gives tokens, and accepts events with the one it gave last.
type issuer struct {
	*httptest.Server

	asked, taken, refused atomic.Int64
	current               atomic.Int64
	held                  chan struct{} // if not nil, requests for a token wait for its end
	answer                string        // instead of a token
	form                  atomic.Pointer[string]
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := new(issuer)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			n := i.asked.Add(1)
			body, _ := io.ReadAll(r.Body)
			i.form.Store(new(r.Method + " " + r.URL.RawQuery + " " + string(body)))
			if i.held != nil {
				<-i.held
			}
			if i.answer != "" {
				_, _ = io.WriteString(w, i.answer)
				return
			}
			i.current.Store(n)
			_, _ = fmt.Fprintf(w, `{"access_token": "token-%d", "token_type": "Bearer", "expires_in": 3600}`, n)
			return
		}
		if r.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", i.current.Load()) {
			i.refused.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		i.taken.Add(1)
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) parameters(method string) string {
	return fmt.Sprintf(`{"OAuthParameters": {"AuthorizationEndpoint": "%s/token", "HttpMethod": %q,
		"ClientParameters": {"ClientID": "me", "ClientSecret": "hush"},
		"OAuthHttpParameters": {"BodyParameters": [{"Key": "scope", "Value": "deals"}], "QueryStringParameters": [{"Key": "tenant", "Value": "7"}]}}}`, i.URL, method)
}

// Many deliveries at a time need one token, which one request gets.
func TestOneTokenForConcurrentDeliveries(t *testing.T) {
	const deliveries = 50
	i := newIssuer(t)
	i.held = make(chan struct{})
	d := destination(t, toLoopback(nil), i.URL+"/in/*", i.parameters(http.MethodPost))
	var sending, begun sync.WaitGroup
	begun.Add(deliveries)
	for range deliveries {
		sending.Go(func() {
			begun.Done()
			if o := d.Send(t.Context(), anEvent); !o.OK() {
				t.Errorf("%+v", o)
			}
		})
	}
	begun.Wait()
	close(i.held)
	sending.Wait()
	if i.asked.Load() != 1 || i.taken.Load() != deliveries {
		t.Errorf("%d requests for a token, %d events taken", i.asked.Load(), i.taken.Load())
	}
	if want := "POST tenant=7 client_id=me&client_secret=hush&grant_type=client_credentials&scope=deals"; *i.form.Load() != want {
		t.Errorf("asked %s, want %s", *i.form.Load(), want)
	}
	// A token that is refused is replaced; only the one that was refused.
	i.current.Store(99)
	if o := d.Send(t.Context(), anEvent); o.Status != http.StatusUnauthorized || o.Final {
		t.Errorf("with an old token: %+v", o)
	}
	if o := d.Send(t.Context(), anEvent); !o.OK() || i.asked.Load() != 2 {
		t.Errorf("with a new token: %+v after %d requests", o, i.asked.Load())
	}
	d.engine.tokens.forget("c", "token-1")
	if o := d.Send(t.Context(), anEvent); !o.OK() || i.asked.Load() != 2 {
		t.Errorf("a late refusal of the old token removed the new one: %+v, %d requests", o, i.asked.Load())
	}
}

// A delivery that gives up does not take the token from those that wait with it.
func TestATokenIsGotForThoseThatStillWait(t *testing.T) {
	i := newIssuer(t)
	i.held = make(chan struct{})
	d := destination(t, toLoopback(nil), i.URL+"/in/*", i.parameters(http.MethodGet))
	impatient := destination(t, d.engine, i.URL+"/in/*", i.parameters(http.MethodGet))
	d.engine.apiTimeout = 50 * time.Millisecond
	if o := impatient.Send(t.Context(), anEvent); o.Code != codeTimeout || o.Final {
		t.Errorf("the one that gave up: %+v", o)
	}
	d.engine.apiTimeout = apiTimeout
	close(i.held)
	if o := d.Send(t.Context(), anEvent); !o.OK() || i.asked.Load() != 1 {
		t.Errorf("the next: %+v after %d requests", o, i.asked.Load())
	}
	if want := "GET client_id=me&client_secret=hush&grant_type=client_credentials&scope=deals&tenant=7 "; *i.form.Load() != want {
		t.Errorf("asked %s, want %s", *i.form.Load(), want)
	}
}

// An authorization endpoint that gives no token makes the delivery be tried again, and
// its secret is in no message.
func TestNoTokenIsAFailure(t *testing.T) {
	for _, answer := range []string{`{}`, `not json`, `{"access_token": 7}`, strings.Repeat("x", 1<<20)} {
		i := newIssuer(t)
		i.answer = answer
		o := destination(t, toLoopback(nil), i.URL+"/in/*", i.parameters(http.MethodPost)).Send(t.Context(), anEvent)
		if o.OK() || o.Final || !strings.HasPrefix(o.Message, "get a token: ") || strings.Contains(fmt.Sprint(o), "hush") {
			t.Errorf("%.20s: %+v", answer, o)
		}
	}
}

// A token is used until shortly before its end.
func TestATokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := toLoopback(nil)
		e.tokens.all["c"] = token{"t", e.Real.Now().Add(time.Minute)}
		if text, ok := e.tokens.known("c"); !ok || text != "t" {
			t.Error("a token is not used before its end")
		}
		time.Sleep(time.Minute)
		if _, ok := e.tokens.known("c"); ok {
			t.Error("a token is used after its end")
		}
	})
}

// A target is the API destination that its ARN names: of this account, and not a later
// one of the same name.
func TestTargetsAreNamedByARN(t *testing.T) {
	s := open(t)
	e := engine(t, s)
	e.OpenConnection = func(*store.EventConnection) ([]byte, error) { return []byte(`{}`), nil }
	if err := s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertEventConnection(&store.EventConnection{Account: account, Name: "c", ID: "1", State: "AUTHORIZED", Document: []byte(`{}`)}); err != nil {
			return err
		}
		return tx.InsertEventAPIDestination(&store.EventAPIDestination{
			Account: account, Name: "crm", ID: "now", Connection: "c", Endpoint: "https://crm.example.com", Method: "POST", State: "ACTIVE",
		})
	}); err != nil {
		t.Fatal(err)
	}
	for arn, ok := range map[string]bool{
		"arn:aws:events:us-east-1:" + account + ":api-destination/crm/now":    true,
		"arn:aws:events:us-east-1:" + account + ":api-destination/crm/before": false,
		"arn:aws:events:us-east-1:" + account + ":api-destination/other/now":  false,
		"arn:aws:events:us-east-1:444455556666:api-destination/crm/now":       false,
		"arn:aws:sqs:us-east-1:" + account + ":api-destination/crm/now":       false,
		"arn:aws:events": false,
	} {
		if err := s.View(t.Context(), func(tx *store.Tx) error {
			target, err := e.readTargetARN(tx, account, arn, nil)
			if _, refused := target.(refused); err != nil || refused == ok {
				t.Errorf("%s: %+v, %v", arn, target, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
