# Waits for the end of the test process, whatever kind of end it is, and clears up after it.
# FOLDER is the folder of the cluster; nobody writes to the standard input, so reading ends when the test process does.
trap '' INT TERM HUP
while read -r _; do :; done

# Signals the services and servers of the folder and any unfinished initdb; true when there was one.
signal_servers() {
    ps -A -ww -o pid= -o args= | (
        found=1
        while read -r pid args; do
            case $args in
            */postgres\ -D\ "$FOLDER"/* | */initdb\ -D\ "$FOLDER"/* | */rebound\ serve\ --data-dir\ "$FOLDER"/* | \
                pgbouncer\ "$FOLDER"/* | haproxy\ *\ "$FOLDER"/*)
                found=0
                kill -s "$1" "$pid" 2>/dev/null
                # A frozen process sees nothing but this before it thaws.
                kill -s CONT "$pid" 2>/dev/null
                ;;
            esac
        done
        exit "$found"
    )
}

# Immediate shutdown; a server needs up to five seconds when some of its processes are frozen.
tries=0
while signal_servers QUIT && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
signal_servers KILL
# It may be a disk of its own.
tries=0
while mountpoint -q "$FOLDER" 2>/dev/null && [ "$tries" -lt 50 ]; do
    umount "$FOLDER" 2>/dev/null || sudo -n umount "$FOLDER" 2>/dev/null || sleep 0.1
    tries=$((tries + 1))
done
tries=0
until rm -rf "$FOLDER" 2>/dev/null || [ "$tries" -ge 50 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
