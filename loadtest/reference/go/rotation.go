package main

import (
	"container/list"
	"sync"
	"time"
)

const (
	sessionTTL  = time.Hour
	maxSessions = 1_000_000
)

// A rotation hands out credentials: a known session keeps its own, everyone else gets the next in turn.
// One lock guards both, so turns are exact: counts of new sessions differ by at most one.
type rotation struct {
	mu          sync.Mutex
	credentials []string
	next        int
	ttl         time.Duration
	max         int
	now         func() time.Time
	sessions    map[string]*list.Element
	// byUse holds *binding, the most recently used first.
	byUse *list.List
}

type binding struct {
	session    string
	credential string
	expires    time.Time
}

func newRotation(credentials []string, ttl time.Duration, max int, now func() time.Time) *rotation {
	return &rotation{
		credentials: credentials, ttl: ttl, max: max, now: now,
		sessions: make(map[string]*list.Element), byUse: list.New(),
	}
}

// choose gives the credential for a request of a session; "" is a request without one, which binds nothing.
func (r *rotation) choose(session string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if session == "" {
		return r.turn()
	}
	now := r.now()
	element, known := r.sessions[session]
	if !known {
		return r.bind(session, now)
	}
	bound := element.Value.(*binding)
	if now.After(bound.expires) {
		bound.credential = r.turn()
	}
	bound.expires = now.Add(r.ttl)
	r.byUse.MoveToFront(element)
	return bound.credential
}

func (r *rotation) turn() string {
	credential := r.credentials[r.next]
	r.next = (r.next + 1) % len(r.credentials)
	return credential
}

func (r *rotation) bind(session string, now time.Time) string {
	if len(r.sessions) >= r.max {
		oldest := r.byUse.Remove(r.byUse.Back()).(*binding)
		delete(r.sessions, oldest.session)
	}
	bound := &binding{session: session, credential: r.turn(), expires: now.Add(r.ttl)}
	r.sessions[session] = r.byUse.PushFront(bound)
	return bound.credential
}
