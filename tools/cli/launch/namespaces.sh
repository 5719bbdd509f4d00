# Sourced by ./fairlead: a process with threads may not enter a user namespace, so the launcher enters it first.

# namespace_prefix ARGUMENTS: prints the command that the program is to be run under, nothing when none is needed.
# Rootless is wanted when asked for, or when no network is asked for and we are not root.
namespace_prefix() {
    network=auto
    data=${HOME:-/}/.fairlead
    case "${1-}" in
    up | demo) ;;
    lab) data=/dev/null ;; # it has no pods of a former run
    *) return 0 ;;
    esac
    previous=
    for argument in "$@"; do
        case "$argument" in
        --network=*) network=${argument#--network=} ;;
        --data-dir=*) data=${argument#--data-dir=} ;;
        *)
            case "$previous" in
            --network) network=$argument ;;
            --data-dir) data=$argument ;;
            esac
            ;;
        esac
        previous=$argument
    done
    if [ "$network" != rootless ] && { [ "$network" != auto ] || [ "$(id -u)" = 0 ]; }; then
        return 0
    fi
    # Pods of a former run that was killed live on in its user namespace: join it, so that they are adopted.
    holder=$(cat "$data/node/holder" 2>/dev/null || true)
    if [ -n "$holder" ]; then
        pid=${holder%% *}
        start=${holder##* }
        now=$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d' ' -f20 || true)
        if [ "$now" = "$start" ]; then
            echo "env FAIRLEAD_USER_NAMESPACE=joined nsenter --user --mount --preserve-credentials --target $pid --"
            return 0
        fi
    fi
    if command -v unshare >/dev/null 2>&1 && unshare --user --map-root-user --mount true 2>/dev/null; then
        echo "env FAIRLEAD_USER_NAMESPACE=made unshare --user --map-root-user --mount --propagation private"
    fi
}
