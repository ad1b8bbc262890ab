package main

import (
	"os"
	"path/filepath"
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
		wantErr bool
	}{
		{name: "Default", want: "default"},
		{name: "Environment", env: map[string]string{"HAILONG_API_TOKEN": "from-env"}, want: "from-env"},
		{name: "File", env: map[string]string{"HAILONG_API_TOKEN_FILE": secret}, want: "from-file"},
		{name: "EnvironmentBeforeFile", env: map[string]string{"HAILONG_API_TOKEN": "from-env", "HAILONG_API_TOKEN_FILE": secret}, want: "from-env"},
		{name: "FlagFirst", env: map[string]string{"HAILONG_API_TOKEN": "from-env"}, args: []string{"--api-token=flag"}, want: "flag"},
		{name: "MissingFile", env: map[string]string{"HAILONG_API_TOKEN_FILE": secret + "-none"}, wantErr: true},
		{name: "BadNumber", env: map[string]string{"HAILONG_KEEP": "many"}, wantErr: true},
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
			if (err != nil) != tt.wantErr {
				t.Fatalf("error %v, want error: %v", err, tt.wantErr)
			}
			if err == nil && *token != tt.want {
				t.Errorf("token %q, want %q", *token, tt.want)
			}
		})
	}
}
