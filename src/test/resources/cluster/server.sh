# A PostgreSQL server in a pod: certificate in /tls, data in /data. While /data/dead exists it stays down.
set -u
umask 077
if [ ! -e /data/db/PG_VERSION ]; then
  initdb --pgdata=/data/db --username=postgres --auth=reject --no-sync --no-locale --encoding=UTF8 || exit 1
  cat >/data/db/pg_hba.conf <<HBA
host    all postgres 127.0.0.1/32 trust
hostssl all all      0.0.0.0/0    scram-sha-256
HBA
fi
busybox cp /tls/tls.crt /tls/tls.key /data/
trap 'kill -INT $(busybox head -1 /data/db/postmaster.pid); exit 0' TERM
while :; do
  if [ ! -e /data/dead ]; then
    postgres -D /data/db -c listen_addresses='*' -c unix_socket_directories= -c fsync=off -c ssl=on \
      -c ssl_cert_file=/data/tls.crt -c ssl_key_file=/data/tls.key -c max_connections=100 &
    wait $!
  fi
  busybox sleep 0.2
done
