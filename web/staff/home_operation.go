package staff

import (
	"context"
	"time"

	"hailong/survey"
	"hailong/survey/health"
)

// homeOperation is a line of what whoever operates the server wants to know.
type homeOperation struct {
	Label string // its key
	Text  survey.Message
	Wrong bool
}

// operation returns the lines for who operates this server, nil for anybody else. A
// demonstration is thrown away when it ends.
func (a *Area) operation(ctx context.Context, who *SignedIn) []homeOperation {
	if a.home.Health == nil || a.Demo || !who.May(survey.OperateDeployment) {
		return nil
	}
	o, now := a.home.Health.Operation(ctx), a.Now()
	return []homeOperation{
		{"staff.home.operation.store", survey.Message{Key: "staff.home.operation." + storeWord(o.Faults)}, storeWord(o.Faults) != "store.ready"},
		backupLine(&o, now),
		checkLine(&o),
		diskLine(&o),
		clockLine(o.Clock),
	}
}

// storeWord is the end of the key of the gravest fault.
func storeWord(faults []health.ReadinessFault) string {
	if len(faults) == 0 {
		return "store.ready"
	}
	return string(faults[0])
}

func backupLine(o *health.Operation, now time.Time) homeOperation {
	line := homeOperation{Label: "staff.home.operation.backup", Wrong: o.BackupLate(now)}
	switch {
	case o.LastBackup.IsZero():
		line.Text.Key = "staff.home.operation.backup.none"
	case line.Wrong:
		line.Text = survey.Message{Key: "staff.home.operation.backup.late", Args: []any{o.LastBackup}}
	default:
		line.Text = survey.Message{Key: "staff.home.operation.backup.last", Args: []any{o.LastBackup}}
	}
	return line
}

func checkLine(o *health.Operation) homeOperation {
	if o.LastCheck.IsZero() {
		return homeOperation{Label: "staff.home.operation.check", Text: survey.Message{Key: "staff.home.operation.check.none"}}
	}
	return homeOperation{Label: "staff.home.operation.check", Text: survey.Message{Key: "staff.home.operation.check.last", Args: []any{o.LastCheck}}}
}

func diskLine(o *health.Operation) homeOperation {
	if o.DiskFree < 0 {
		return homeOperation{Label: "staff.home.operation.disk", Text: survey.Message{Key: "staff.home.operation.disk.unknown"}}
	}
	const megabyte, gigabyte = 1_000_000, 1_000_000_000
	line := homeOperation{Label: "staff.home.operation.disk", Text: survey.Message{Key: "staff.home.operation.disk.free", Args: []any{o.DiskFree / megabyte}}, Wrong: o.DiskScarce()}
	switch {
	case line.Wrong:
		line.Text.Key = "staff.home.operation.disk.scarce"
	case o.DiskFree >= 10*gigabyte:
		line.Text = survey.Message{Key: "staff.home.operation.disk.plenty", Args: []any{o.DiskFree / gigabyte}}
	}
	return line
}

func clockLine(clock health.ClockState) homeOperation {
	line := homeOperation{Label: "staff.home.operation.clock", Text: survey.Message{Key: "staff.home.operation.clock.right"}, Wrong: clock.Doubtful()}
	if line.Wrong {
		line.Text.Key = "staff.home.operation.clock.doubtful"
	}
	return line
}
