package people

import (
	"context"
	"time"

	"hailong/survey"
)

// ConfirmedFor is how long a session may do what asks for the password again, after it
// was given: a browser that is left open is not the person.
const ConfirmedFor = 10 * time.Minute

// IsConfirmed reports whether the person showed a moment ago who they are.
func (s Session) IsConfirmed(now time.Time) bool {
	return !s.Half && !s.Confirmed.IsZero() && now.Sub(s.Confirmed) < ConfirmedFor && !s.Confirmed.After(now.Add(time.Minute))
}

// StepUp is what somebody gives to confirm who they are: the password or, without one, a
// code of the second factor.
type StepUp struct{ Password, Code string }

// ConfirmSession confirms a session by what the person gives. Errors: Invalid at the
// field "confirm_password" or "confirm_passcode", RateLimited. A wrong proof is in the
// audit log: somebody else may sit at the browser.
func (a *Accounts) ConfirmSession(ctx context.Context, actor survey.Actor, session Session, proof StepUp, client AttemptSource) error {
	user, err := a.User(ctx, session.Login)
	if err != nil {
		return err
	}
	field, key := "confirm_password", "account.password_wrong"
	var right bool
	switch {
	case user.Password != "":
		right, err = a.guess(ctx, guessConfirm, user.Login, &user, proof.Password, client)
	case user.TOTP != nil:
		field, key = "confirm_passcode", "account.code_wrong"
		err = a.secondFactor(ctx, guessConfirm, actor, user.Login, proof.Code, client)
		if right = err == nil; survey.Is(err, survey.Invalid) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	if !right {
		if err := a.changes.Log.Record(ctx, actor, "account.confirm_failed", "users/"+string(user.Login), nil, nil); err != nil {
			return err
		}
		return survey.InvalidField("confirm", "account.invalid", field, key)
	}
	return a.ConfirmedAt(ctx, session, a.time())
}

// ConfirmedAt notes when the person of a session last showed who they are, here or at
// an identity provider.
func (a *Accounts) ConfirmedAt(ctx context.Context, session Session, at time.Time) error {
	_, err := a.changeSession(ctx, session.ID, func(s *Session) { s.Confirmed = at.UTC().Truncate(time.Millisecond) })
	return err
}

// changeSession changes a session, whatever its revision. Unauthenticated if it was
// ended.
func (a *Accounts) changeSession(ctx context.Context, id string, do func(*Session)) (Session, error) {
	for {
		session, err := a.sessions().Get(ctx, id)
		if survey.Is(err, survey.NotFound) {
			return Session{}, errNoSession
		}
		if err != nil {
			return Session{}, err
		}
		rev := session.Rev
		do(&session)
		session.Rev++
		switch err := a.sessions().Replace(ctx, rev, session); {
		case err == nil:
			return session, nil
		case !survey.Is(err, survey.Conflict) && !survey.Is(err, survey.NotFound): // else a request touched it
			return Session{}, err
		}
	}
}
