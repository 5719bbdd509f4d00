# Sourced by .ci/run: adds up the reports of every module.

# count_tests: prints "N passed, N failed, N skipped"
count_tests() {
    find . -path '*/target/surefire-reports/TEST-*.xml' -exec sed -n \
        's/^<testsuite .* tests="\([0-9]*\)" errors="\([0-9]*\)" skipped="\([0-9]*\)" failures="\([0-9]*\)".*/\1 \2 \3 \4/p' {} + |
        awk '{ tests += $1; errors += $2; skipped += $3; failures += $4 }
             END { printf "%d passed, %d failed, %d skipped\n", tests - errors - skipped - failures, errors + failures, skipped }'
}
