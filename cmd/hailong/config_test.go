package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestApplyEnvironment(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		env     map[string]string
		args    []string
		want    string
		wantErr string
	}{
		{name: "Default", want: "default"},
		{name: "Environment", env: map[string]string{"HAILONG_API_TOKEN": "from-env"}, want: "from-env"},
		{name: "File", env: map[string]string{"HAILONG_API_TOKEN_FILE": secret}, want: "from-file"},
		{name: "EnvironmentBeforeFile", env: map[string]string{"HAILONG_API_TOKEN": "from-env", "HAILONG_API_TOKEN_FILE": secret}, want: "from-env"},
		{name: "FlagFirst", env: map[string]string{"HAILONG_API_TOKEN": "from-env"}, args: []string{"--api-token=flag"}, want: "flag"},
		{name: "MissingFile", env: map[string]string{"HAILONG_API_TOKEN_FILE": secret + "-none"}, wantErr: "HAILONG_API_TOKEN_FILE: open "},
		{name: "BadNumber", env: map[string]string{"HAILONG_KEEP": "many"}, wantErr: `HAILONG_KEEP: invalid argument "many"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for k, v := range tt.env {
				t.Setenv(k, v)
			}
			cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
			token := cmd.Flags().String("api-token", "default", "")
			cmd.Flags().Int("keep", 7, "")
			if err := cmd.ParseFlags(tt.args); err != nil {
				t.Fatal(err)
			}
			err := applyEnvironment(cmd)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("error %v, want one that says %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if *token != tt.want {
				t.Errorf("token %q, want %q", *token, tt.want)
			}
		})
	}
}
