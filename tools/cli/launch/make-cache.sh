#!/bin/sh
# Called by the build after packaging: one training run writes the AOT cache (JEP 483, 514) that halves start-up.
# usage: make-cache.sh JAVA_HOME LIB CACHE
set -eu
java=$1/bin/java
lib=$2
cache=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -f "$cache"
# Same flags as ./fairlead: the cache is refused when collector or object headers differ.
if ! "$java" -XX:AOTCacheOutput="$cache" -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Xss512k -Xmx1g -Xlog:disable \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.tryReflectionSetAccessible=false -Dio.netty.jfr.enabled=false \
    -cp "$lib/*" dev.fairlead.cli.Main train --data-dir "$scratch/data" >"$scratch/log" 2>&1; then
    echo "fairlead: no launch cache (start-up is slower, nothing else): $(tail -n 1 "$scratch/log")" >&2
fi
