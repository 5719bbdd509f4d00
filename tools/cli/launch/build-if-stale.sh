# Sourced by ./fairlead: builds the jars and the launch cache when they are missing or older than a source.

# build_if_stale HOME
build_if_stale() {
    stamp=$1/tools/cli/target/built
    if [ -r "$stamp" ]; then
        newer=$(cd "$1" && find pom.xml core control node tools/cli -newer "$stamp" \
            \( -name '*.java' -o -name 'pom.xml' -o -path '*/src/main/resources/*' \) -not -path '*/target/*' 2>/dev/null | head -n 1)
        [ -n "$newer" ] || return 0
        why="sources changed"
    else
        why="first start"
    fi
    find_maven
    log=$1/tools/cli/target/build.log
    mkdir -p "$1/tools/cli/target"
    # Two starts at once build once: the second waits for the lock, then finds the stamp.
    (
        if command -v flock >/dev/null 2>&1; then flock 9; fi
        started=$(date +%s)
        [ -t 2 ] || echo "fairlead: building ($why), about a minute" >&2
        "$1/build" package >"$log" 2>&1 &
        build=$!
        while kill -0 "$build" 2>/dev/null; do
            module=$(sed -n 's/^.*Building fairlead-\([a-z]*\).*$/\1/p' "$log" 2>/dev/null | tail -n 1)
            if [ -t 2 ]; then
                printf '\rfairlead: building (%s): %s, %ss   ' "$why" "${module:-starting}" "$(($(date +%s) - started))" >&2
            fi
            sleep 1
        done
        if wait "$build"; then
            if [ -t 2 ]; then printf '\r' >&2; fi
            printf 'fairlead: built in %ss (%s)                              \n' "$(($(date +%s) - started))" "$why" >&2
            touch "$stamp"
        else
            printf '\nfairlead: the build failed; the end of %s:\n' "tools/cli/target/build.log" >&2
            tail -n 15 "$log" >&2
            exit 4
        fi
    ) 9>"$1/tools/cli/target/build.lock" || exit 4
}
