package evidence

import (
	"errors"
	"fmt"
	"io"
	"os"

	"hailong/cmd/hailong/shell"
	"hailong/survey/treelog"
	"hailong/survey/treelog/mirror"
)

// receiptCheck verifies the file of a proof without a store.
type receiptCheck struct {
	file   string
	key    string // that the office published; empty: that of the mirror or of the file
	mirror string // directory; empty: none
}

// errNotInMirror is about a head that a mirror does not hold.
var errNotInMirror = errors.New("bản đối chứng không có đầu sổ này: nó cũ hơn (xin chạy “hailong mirror” rồi thử lại), hoặc sổ đã bị viết lại / " +
	"the mirror does not hold this head: it is older (run \"hailong mirror\" and try again), or the log was rewritten")

func (r receiptCheck) run(out io.Writer) error {
	content, err := os.ReadFile(r.file)
	if err != nil {
		return err
	}
	proof, err := treelog.ReadProof(content)
	if err != nil {
		return err
	}
	key, from := r.key, "--key"
	var kept *mirror.Mirror
	if r.mirror != "" {
		if kept, err = mirror.Open(r.mirror); err != nil {
			return err
		}
		if key == "" {
			key, from = kept.Key, "--mirror"
		}
	}
	if key == "" {
		key, from = proof.Key, ""
	}
	proved, err := proof.Verify(key)
	if err != nil {
		return err
	}
	if kept != nil && !kept.Holds(proved.Tree) {
		return errNotInMirror
	}
	return r.report(out, proved, from)
}

// report says what was proved, and what was not.
func (r receiptCheck) report(out io.Writer, proved treelog.Proved, keyFrom string) error {
	fmt.Fprintf(out, "Phiếu này có trong sổ đối chứng, ghi ngày %[1]s. / This response is in the signed log, recorded on %[1]s.\n", proved.Day)
	fmt.Fprintf(out, "Đầu sổ / head: %d %s\nKhóa / key: %s\n", proved.Head.Size, proved.Head.Root, proved.Head.Key)
	if r.mirror != "" {
		fmt.Fprintf(out, "Đầu sổ ấy có trong bản đối chứng %[1]s. / The mirror %[1]s holds this head.\n", r.mirror)
	}
	if keyFrom == "" {
		fmt.Fprintln(out, "Khóa là khóa ghi trong tệp: xin so với khóa mà cơ quan đã công bố, hoặc chạy lại với --key. / "+
			"The key is the one in the file: compare it with the one that the office published, or run this again with --key.")
	}
	_, err := fmt.Fprintln(out, "Bằng chứng không cho biết phiếu có được tính hay không. / The proof does not say whether the response counts.")
	return err
}

// misused says which flags do not go together.
func (r receiptCheck) misused() error {
	if r.file == "" && (r.key != "" || r.mirror != "") {
		return shell.Misused(errors.New("--key và --mirror đi cùng --receipt TỆP / --key and --mirror go with --receipt FILE"))
	}
	return nil
}
