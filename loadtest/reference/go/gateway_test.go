package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

const testKey = "sk-client"

// start runs the gateway before an upstream that the test writes.
func start(t *testing.T, upstream http.HandlerFunc) *httptest.Server {
	t.Helper()
	behind := httptest.NewServer(upstream)
	target, _ := url.Parse(behind.URL)
	rotation := newRotation([]string{"a", "b", "c"}, time.Hour, 10, time.Now)
	handler := &gateway{clientKey: digest(testKey), rotation: rotation, relay: newRelay(target)}
	server := httptest.NewServer(handler.routes())
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		behind.CloseClientConnections()
		behind.Close()
	})
	return server
}

func post(t *testing.T, ctx context.Context, server *httptest.Server, body string, headers ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+testKey)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func echoCredential(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
}

func TestAWrongKeyIsRefusedAndNothingReachesTheUpstream(t *testing.T) {
	server := start(t, func(http.ResponseWriter, *http.Request) { t.Error("the upstream was asked") })
	for _, header := range []string{"", "Bearer", "Bearer wrong", "Basic " + testKey, testKey} {
		response := post(t, context.Background(), server, "{}", "Authorization", header)
		if response.StatusCode != http.StatusUnauthorized {
			t.Errorf("%q got %d", header, response.StatusCode)
		}
	}
}

func TestAnEventArrivesBeforeTheNextIsSent(t *testing.T) {
	next := make(chan struct{})
	server := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			io.WriteString(w, "data: "+strconv.Itoa(i)+"\n\n")
			w.(http.Flusher).Flush()
			<-next
		}
	})
	lines := bufio.NewReader(post(t, context.Background(), server, "{}").Body)
	for i := range 3 {
		line, err := lines.ReadString('\n')
		if err != nil || line != "data: "+strconv.Itoa(i)+"\n" {
			t.Fatalf("%q, %v", line, err)
		}
		lines.ReadString('\n')
		next <- struct{}{}
	}
	if _, err := lines.ReadByte(); err != io.EOF {
		t.Errorf("after the last event: %v", err)
	}
}

func TestTurnsAreEqualAndASessionKeepsItsCredential(t *testing.T) {
	server := start(t, echoCredential)
	counts := map[string]int{}
	for range 30 {
		counts[text(t, post(t, context.Background(), server, "{}"))]++
	}
	if counts["a"] != 10 || counts["b"] != 10 || counts["c"] != 10 {
		t.Errorf("turns: %v", counts)
	}
	for _, ask := range []struct{ body, header string }{
		{"{}", "s1"},
		{`{"user":"s2"}`, ""},
		{`{"user":"other","prompt_cache_key":"s3"}`, ""},
	} {
		first := text(t, post(t, context.Background(), server, ask.body, sessionHeader, ask.header))
		for range 5 {
			if again := text(t, post(t, context.Background(), server, ask.body, sessionHeader, ask.header)); again != first {
				t.Errorf("%v moved from %s to %s", ask, first, again)
			}
		}
	}
}

func TestAClientThatLeavesEndsTheUpstreamsRequest(t *testing.T) {
	ended := make(chan struct{})
	server := start(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(ended)
	})
	ctx, leave := context.WithCancel(context.Background())
	post(t, ctx, server, "{}")
	leave()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("the upstream's request went on")
	}
}

func TestACutAnswerDoesNotLookFinished(t *testing.T) {
	server := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	all, err := io.ReadAll(post(t, context.Background(), server, "{}").Body)
	if err == nil {
		t.Errorf("the answer ended well after %q", all)
	}
}

func TestAnUpstreamThatIsGoneIsToldAsSuch(t *testing.T) {
	target, _ := url.Parse("http://127.0.0.1:1")
	handler := &gateway{clientKey: digest(testKey), rotation: newRotation([]string{"a"}, time.Hour, 1, time.Now), relay: newRelay(target)}
	server := httptest.NewServer(handler.routes())
	defer server.Close()
	if response := post(t, context.Background(), server, "{}"); response.StatusCode != http.StatusBadGateway {
		t.Errorf("got %d", response.StatusCode)
	}
}

func TestSessionsAreForgottenAfterTheirTimeAndWhenThereAreTooMany(t *testing.T) {
	now := time.Now()
	r := newRotation([]string{"a", "b", "c"}, time.Minute, 2, func() time.Time { return now })
	if r.choose("x") != "a" || r.choose("x") != "a" {
		t.Error("a session must stay")
	}
	now = now.Add(time.Minute + time.Second)
	if got := r.choose("x"); got != "b" {
		t.Errorf("an old session takes the next turn, not %s", got)
	}
	r.choose("y")
	r.choose("x")
	r.choose("z")
	if _, known := r.sessions["y"]; known || len(r.sessions) != 2 || r.byUse.Len() != 2 {
		t.Errorf("the least recently used leaves first: %v", r.sessions)
	}
}
