# Stops the shared PostgreSQL of the tests once no test has used it for a while. $1: directory of the kit; the other
# arguments: the command that stops the server.
#
# Tests hold a shared lock on `users` while they live, and take it while holding `lock`. So whoever holds `lock` and
# finds `users` free knows that nobody uses the server and that nobody can begin to.
#
# Children are started without the descriptors 8 and 9: a lock lives as long as any process that has it open, and the
# death of this one must show at once.
directory=$1
shift

exec 8>"$directory/watchdog"
flock -n 8 || exit 0

while :; do
    idle_seconds=0
    while [ "$idle_seconds" -lt 20 ]; do
        sleep 1 8>&-
        if flock -n -x "$directory/users" true 8>&-; then
            idle_seconds=$((idle_seconds + 1))
        else
            idle_seconds=0
        fi
    done
    exec 9>"$directory/lock"
    flock -x 9
    if flock -n -x "$directory/users" true 8>&- 9>&-; then
        "$@" 8>&- 9>&-
        rm -rf "$directory/cluster"
        exit 0
    fi
    exec 9>&-
done
