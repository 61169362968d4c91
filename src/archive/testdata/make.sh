#!/bin/sh
# Makes the fixtures of this folder with real tools: GNU tar, gzip, zstd, Python's zipfile and
# tarfile. Run it in an empty folder as root; the results are checked in. Nothing in them depends on
# the day or the machine.
set -eu
export TZ=UTC LC_ALL=C.UTF-8
mkdir -p tree/dir tree/dir/deeper
printf 'hello\n' > tree/hello.txt
: > tree/empty
seq 1 500 > tree/dir/numbers
ln tree/hello.txt tree/hard
ln -s ../hello.txt tree/dir/soft
mkfifo tree/dir/fifo
mknod tree/dir/null c 1 3
long=$(printf 'a%.0s' $(seq 60))
mkdir -p "tree/$long/$long"
printf 'long\n' > "tree/$long/$long/name"
ln -s "$long/$long/$long" tree/longlink
python3 - <<'PY'
f = open('tree/sparse', 'wb')
for at, text in ((4096, b'island one'), (1 << 20, b'island two'), (3 << 20, b'')):
    f.seek(at)
    f.write(text)
f.truncate(3 << 20)
PY
find tree -exec touch -h -d @1700000000 {} +
chmod 4755 tree/hello.txt

tar="tar --sort=name --owner=user:1000 --group=group:2000 -C tree"
for format in oldgnu gnu; do
  $tar --format=$format --exclude=sparse -cf - . | gzip -9n > tree-$format.tar.gz
done
pax="$tar --format=pax --pax-option=delete=atime,delete=ctime"
$pax --exclude=sparse -cf - . | gzip -9n > tree-pax.tar.gz
# What the older formats cannot hold is left out.
$tar --format=ustar --exclude=sparse --exclude=longlink -cf - . | gzip -9n > tree-ustar.tar.gz
$tar --format=v7 --exclude=sparse --exclude='*aaaa*' --exclude=longlink --exclude=fifo \
  --exclude=null -cf - . | gzip -9n > tree-v7.tar.gz
# 60 islands: the old format needs extension blocks, and 1.0 more than a block.
python3 - <<'PY'
f = open('tree/islands', 'wb')
for i in range(60):
    f.seek(i * 16384)
    f.write(b'%02d' % i)
f.truncate(60 * 16384)
PY
touch -d @1700000000 tree/islands
for format in oldgnu gnu; do
  $tar --format=$format --hole-detection=raw -Scf - sparse islands | gzip -9n > sparse-$format.tar.gz
done
for version in 0.0 0.1 1.0; do
  $pax --sparse-version=$version --hole-detection=raw -Scf - sparse islands |
    gzip -9n > sparse-$version.tar.gz
done
python3 - <<'PY'
import io, tarfile, zipfile
t = tarfile.open('python-numbers.tar.gz', 'w:gz', format=tarfile.GNU_FORMAT)
i = tarfile.TarInfo('big-numbers')
i.uid, i.gid, i.mtime, i.size = 3000000, 0x7fffffff, -5, 3
t.addfile(i, io.BytesIO(b'abc'))
t.close()
t = tarfile.open('python-pax.tar.gz', 'w:gz', format=tarfile.PAX_FORMAT,
                 pax_headers={'comment': 'global', 'path': 'not/applied'})
i = tarfile.TarInfo('caf\u00e9/' + 'x' * 300)
i.mtime, i.uid, i.size = 1700000000.75, 1 << 31, 3
i.pax_headers = {'SCHILY.xattr.user.k': 'v\nv'}
t.addfile(i, io.BytesIO(b'abc'))
t.close()
D = (2023, 11, 14, 22, 13, 20)
def add(z, name, data, method):
    i = zipfile.ZipInfo(name, D)
    i.compress_type = method
    with z.open(i, 'w', force_zip64=name.startswith('64')) as f:
        f.write(data)
numbers = open('tree/dir/numbers', 'rb').read()
with zipfile.ZipFile('python.zip', 'w') as z:
    z.comment = b'a comment'
    add(z, 'dir/', b'', 0)
    add(z, 'stored.txt', b'hello\n', 0)
    add(z, 'dir/numbers', numbers, 8)
    add(z, 'empty', b'', 8)
    add(z, '64/numbers', numbers, 8)
class Pipe(io.RawIOBase):  # not seekable: data descriptors
    def __init__(self): self.data = b''
    def writable(self): return True
    def write(self, b): self.data += bytes(b); return len(b)
p = Pipe()
with zipfile.ZipFile(p, 'w') as z:
    add(z, 'dir/numbers', numbers, 8)
open('streamed.zip', 'wb').write(p.data)
open('launcher.zip', 'wb').write(b'#!/bin/sh\nexec java -jar "$0"\n' + p.data)
with zipfile.ZipFile('bzip2.zip', 'w') as z:
    add(z, 'dir/numbers', numbers, 12)
PY
gzip -9n < tree/dir/numbers > numbers.gz
(head -c 1000 tree/dir/numbers | gzip -1; tail -c +1001 tree/dir/numbers | gzip -9n;
 gzip < /dev/null) > members.gz
(cd tree/dir && gzip -c --name numbers) > named.gz
(cat numbers.gz; head -c 700 /dev/zero) > padded.gz
zstd -q -19 --check < tree/dir/numbers > numbers.zst
(head -c 1000 tree/dir/numbers | zstd -q -1; printf '\120\052\115\030\005\000\000\000skip!';
 tail -c +1001 tree/dir/numbers | zstd -q --no-check; printf '\137\052\115\030\000\000\000\000') > frames.zst
head -c 20000 /dev/zero | cat - tree/dir/numbers | zstd -q --ultra --long=31 -1 > window.zst
seq 1 10 | xz -9 > ten.xz
seq 1 10 | bzip2 > ten.bz2
rm -r tree
