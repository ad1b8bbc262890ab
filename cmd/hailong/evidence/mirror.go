package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"hailong/cmd/hailong/shell"
	"hailong/survey"
	"hailong/survey/audit"
	"hailong/survey/treelog"
	"hailong/survey/treelog/mirror"
)

// mirrorWait bounds one request to a server.
const mirrorWait = time.Minute

const mirrorHelp = `Giữ ở nơi khác một bản của sổ đối chứng có chữ ký. Mỗi lần chạy, lệnh lấy đầu sổ và các mục mới, kiểm
tra chữ ký, kiểm tra rằng sổ mới nối tiếp bản đang giữ, rồi ghi vào THƯ-MỤC. Nếu sổ trên máy chủ đã bị
viết lại hoặc ngắn đi, lệnh báo to, giữ cả hai đầu sổ đã ký làm chứng và kết thúc với mã 1; bản đang giữ không
đổi. Sổ không chứa phiếu nào, câu trả lời nào hay số phiếu nào. Nên chạy mỗi ngày bằng cron:

  15 4 * * *  hailong mirror /srv/doi-chung --from https://hailong.example.vn

Lần đầu nên ghi --key bằng khóa mà cơ quan đã công bố; không ghi thì lệnh tin khóa của máy chủ, in ra, và từ
đó chỉ tin khóa ấy.

Keeps a copy of the signed log elsewhere. Each run fetches the head and the new records, verifies the
signature, verifies that the log follows what is kept, and writes it to DIR. If the log on the server was
rewritten or is shorter than before, the command says so, keeps both signed heads as evidence and ends with 1;
the mirror stays as it was. The log holds no response, no answer and no count. Run it daily.

Name the key that the office published with --key the first time; without it the key of the server is taken
and printed, and only that one from then on.`

// mirrorOptions are the settings of a mirror.
type mirrorOptions struct {
	store     *shell.StoreOption
	keys      *shell.KeysOption
	from, key string
	publicKey bool
}

// NewMirrorCommand returns the command that keeps a copy of the signed log.
func NewMirrorCommand() *cobra.Command {
	var o mirrorOptions
	cmd := &cobra.Command{
		Use:   "mirror DIR --from https://…",
		Short: "Giữ ở nơi khác một bản của sổ đối chứng có chữ ký / keeps a copy of the signed log elsewhere",
		Long:  mirrorHelp,
		Args:  cobra.MaximumNArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case o.publicKey:
			return o.withLog(cmd.Context(), func(log *treelog.SignedLog) error {
				key, err := log.Key(cmd.Context())
				if err == nil {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), key)
				}
				return err
			})
		case len(args) == 0:
			return shell.Misused(errors.New("cần tên thư mục: hailong mirror THƯ-MỤC / name a directory: hailong mirror DIR"))
		}
		return o.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	o.store = shell.AddStoreFlag(cmd)
	o.keys = shell.AddKeysFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "địa chỉ máy chủ, https://…; không ghi thì đọc thẳng từ --store / address of a server, https://…; without it the log is read from --store")
	f.StringVar(&o.key, "key", "", "khóa kiểm chứng mà cơ quan đã công bố / verifier key that the office published")
	f.BoolVar(&o.publicKey, "public-key", false, "chỉ in khóa kiểm chứng của --store, để công bố / only print the verifier key of --store, to be published")
	return cmd
}

func (o *mirrorOptions) run(ctx context.Context, dir string, out, messages io.Writer) error {
	if o.from == "" {
		return o.withLog(ctx, func(log *treelog.SignedLog) error {
			return o.update(ctx, dir, ownLog{log}, out, messages)
		})
	}
	address, err := url.Parse(o.from)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return shell.Misused(fmt.Errorf("--from phải là địa chỉ https://… / --from must be an address, https://…: %q", o.from))
	}
	return o.update(ctx, dir, &mirror.Server{Address: o.from, Client: &http.Client{Timeout: mirrorWait}}, out, messages)
}

func (o *mirrorOptions) update(ctx context.Context, dir string, from mirror.LogSource, out, messages io.Writer) error {
	u, err := mirror.Update(ctx, dir, from, o.key)
	if err != nil {
		return err
	}
	if u.FirstUse {
		fmt.Fprintln(messages, "Không có --key: đã tin khóa của máy chủ. Xin so với khóa mà cơ quan đã công bố.\n"+
			"There was no --key: the key of the server was taken. Compare it with the one that the office published.")
	}
	_, err = fmt.Fprintf(out, "mục / records: %d, mới / new: %d\nđầu sổ / head: %s\nkhóa / key: %s\n", u.Head.Size, u.Added, u.Head.Root, u.Key)
	return err
}

// withLog opens the log of a store.
func (o *mirrorOptions) withLog(ctx context.Context, do func(*treelog.SignedLog) error) (err error) {
	secrets, err := o.keys.Open(o.store)
	if err != nil {
		return err
	}
	store, err := o.store.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	changes := survey.NewChanges(store, audit.New(store, time.Now), time.Now)
	return do(treelog.New(changes, secrets))
}

// ownLog is the log of a store as a source of mirrors.
type ownLog struct{ log *treelog.SignedLog }

// recordsAtOnce is how many records are read at once.
const recordsAtOnce = 1000

// Head implements mirror.LogSource.
func (o ownLog) Head(ctx context.Context) (string, error) {
	head, err := o.log.Head(ctx)
	if survey.Is(err, survey.NotFound) {
		return "", shell.WithWords("sổ đối chứng còn trống: chưa có ngày nào được khóa / the log is empty: no day is closed yet", err)
	}
	return head.Signed, err
}

// Key implements mirror.LogSource.
func (o ownLog) Key(ctx context.Context) (string, error) { return o.log.Key(ctx) }

// Records implements mirror.LogSource.
func (o ownLog) Records(ctx context.Context, from int64) ([]string, error) {
	return o.log.Texts(ctx, from, recordsAtOnce)
}
