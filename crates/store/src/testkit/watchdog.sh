# Stops the shared PostgreSQL of the tests once no test has used it for a while. $1: directory of the kit; the other
# arguments: the command that stops the server.
#
# Tests hold a shared lock on `users` while they live, and take it while holding `lock`. So whoever holds `lock` and
# finds `users` free knows that nobody uses the server and that nobody can begin to.
directory=$1
shift

exec 8>"$directory/watchdog"
flock -n 8 || exit 0

while :; do
    idle_seconds=0
    while [ "$idle_seconds" -lt 20 ]; do
        sleep 1
        if flock -n -x "$directory/users" true; then
            idle_seconds=$((idle_seconds + 1))
        else
            idle_seconds=0
        fi
    done
    exec 9>"$directory/lock"
    flock -x 9
    if flock -n -x "$directory/users" true; then
        "$@"
        rm -rf "$directory/cluster"
        exit 0
    fi
    exec 9>&-
done
