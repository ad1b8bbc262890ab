package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/backup"
	"hailong/survey/bolt"
)

// restoreOptions are the settings of a restore.
type restoreOptions struct {
	store    *shell.StoreOption
	keys     *shell.KeysOption
	identity string
	trusted  string
	unsigned bool
	drill    bool
	messages io.Writer
}

// NewRestoreCommand makes the command that puts a backup into an empty store.
func NewRestoreCommand() *cobra.Command {
	var o restoreOptions
	cmd := &cobra.Command{
		Use:   "restore FILE --store STORE",
		Short: "Khôi phục dữ liệu từ bản sao lưu / puts a backup into an empty store",
		Long:  restoreHelp,
		Args:  shell.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.messages = cmd.ErrOrStderr()
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
	o.store = shell.AddStoreFlag(cmd)
	o.keys = shell.AddKeysFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.identity, "identity", "", "tệp chứa khóa mở bản sao lưu đã niêm phong / file of the identity that opens a sealed backup")
	f.StringVar(&o.trusted, "trust-key", "", "khóa công khai mà cơ quan đã giữ; dùng khi không có thư mục khóa cũ / public key that the office has kept; for a machine without the old directory of keys")
	f.BoolVar(&o.unsigned, "unsigned", false, "nhận cả bản sao lưu không có chữ ký, như của phiên bản cũ / take a backup without a signature, as older versions made them")
	f.BoolVar(&o.drill, "drill", false, "khôi phục thử vào kho tạm, kiểm tra, so với --store rồi xóa / restore into a temporary store for a trial, check it, compare it with --store, and remove it")
	return cmd
}

func (o *restoreOptions) run(ctx context.Context, path string, out io.Writer) error {
	trusted, err := o.trustedKey(ctx)
	if err != nil {
		return err
	}
	var identities []age.Identity
	if o.identity != "" {
		if identities, err = backup.Identities(o.identity); err != nil {
			return shell.Unreadable(o.identity, err)
		}
	}
	file, err := os.Open(path) // the operator names it
	if err != nil {
		return shell.Unreadable(path, err)
	}
	defer func() { _ = file.Close() }()
	from, err := readBackup(ctx, file, identities)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := o.judge(from.Manifest, trusted); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if o.drill {
		return o.tryOut(ctx, from, out)
	}
	var contents []backup.Content
	err = o.store.Fill(ctx, func(to shell.FilledStore) (err error) {
		contents, err = transfer(ctx, from, to, "restore")
		return err
	})
	if errors.Is(err, bolt.ErrInUse) {
		return shell.WithWords(fmt.Sprintf("máy chủ đang dùng %[1]s; xin dừng máy chủ, hoặc khôi phục vào tệp mới bằng --store bolt:ĐƯỜNG-DẪN / a server is using %[1]s; stop it first, or restore into another file with --store bolt:PATH, which must be new", o.store.URL), err)
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return report(out, contents)
}

// trustedKey returns the key by which the office signs: the one that was given, or that of
// the directory of keys; "" where neither is there.
func (o *restoreOptions) trustedKey(ctx context.Context) (backup.PublicKey, error) {
	if o.trusted != "" {
		key, err := backup.ParsePublicKey(o.trusted)
		if err != nil {
			return "", shell.Misused(err)
		}
		return key, nil
	}
	secrets, err := o.keys.OpenExisting(o.store)
	if err != nil || secrets == nil {
		return "", err
	}
	secret, err := secrets.Existing(ctx, backup.SigningKey)
	if survey.Is(err, survey.NotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	signer, err := backup.NewSigner(secret)
	if err != nil {
		return "", err
	}
	return signer.PublicKey(), nil
}

// judge refuses a backup that nobody vouches for.
func (o *restoreOptions) judge(m backup.Manifest, trusted backup.PublicKey) error {
	switch {
	case m.Key == "" && o.unsigned:
		fmt.Fprintf(o.messages, "CHÚ Ý: bản sao lưu ngày %[1]s không có chữ ký; không biết ai đã ghi hay sửa nó. Sau khi khôi phục, xin xem lại các tài khoản (hailong user list).\n"+
			"WARNING: the backup of %[1]s is not signed; nobody can tell who wrote or altered it. After the restore, look through the accounts (hailong user list).\n", m.Created.Format("02/01/2006"))
		return nil
	case m.Key == "":
		return errors.New("bản sao lưu không có chữ ký: của phiên bản cũ, hoặc bị sửa; nếu chắc chắn là của cơ quan, xin thêm --unsigned / the backup is not signed: an older version made it, or somebody altered it; if you are sure that it is yours, add --unsigned")
	case trusted == "":
		return fmt.Errorf("bản sao lưu ký bằng khóa %[1]s; xin so với khóa cơ quan đã giữ, nếu đúng thì thêm --trust-key %[1]s, hoặc chỉ thư mục khóa cũ bằng --keys / the backup is signed by the key %[1]s; compare it with the one that the office has kept, and add --trust-key %[1]s if they are equal, or name the old directory of keys with --keys", m.Key)
	case m.Key != trusted:
		return fmt.Errorf("bản sao lưu ký bằng khóa %[1]s, không phải khóa tin cậy %[2]s; không khôi phục gì / the backup is signed by the key %[1]s and not by the trusted one, %[2]s; nothing was restored", m.Key, trusted)
	}
	return nil
}
