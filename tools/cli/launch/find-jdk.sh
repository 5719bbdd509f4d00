# Sourced by ./fairlead and ./build: finds a JDK 25 or newer, and Maven, or says exactly how to get them.

# jdk_version HOME: prints the major version of the JDK at HOME, nothing when there is none
jdk_version() {
    [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
    else
        "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
    fi
}

# find_jdk_25: sets JAVA_HOME; looks at JAVA_HOME, the PATH and the usual install folders, in that order
find_jdk_25() {
    on_path=$(command -v javac 2>/dev/null || true)
    [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME-}" "$on_path" \
        /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/jdk* /opt/java/* \
        "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -n "$candidate" ] && [ -d "$candidate" ] || continue
        version=$(jdk_version "$candidate")
        if [ -n "$version" ] && [ "$version" -ge 25 ]; then
            JAVA_HOME=$candidate
            return 0
        fi
    done
    cat >&2 <<'EOF'
fairlead: no JDK 25 or newer found (looked at JAVA_HOME, the PATH and the usual install folders).
Get one, for instance:
  Debian, Ubuntu   apt-get install temurin-25-jdk   (from the Adoptium repository), or openjdk-25-jdk where packaged
  Fedora           dnf install java-25-openjdk-devel
  macOS            brew install openjdk@25
  anywhere         sdk install java 25-tem          (SDKMAN!)
then run this again, or point JAVA_HOME at it.
EOF
    exit 3
}

# find_maven: checks that mvn 3.8.7 or newer is on the PATH
find_maven() {
    if ! command -v mvn >/dev/null 2>&1; then
        echo "fairlead: Maven 3.8.7 or newer is needed to build. Get it: apt-get install maven, dnf install maven, brew install maven." >&2
        exit 3
    fi
}
