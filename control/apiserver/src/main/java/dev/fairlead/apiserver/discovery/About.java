// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.discovery;

import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.wire.exchange.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The server's version and health: the only things that anybody may see. */
public final class About {
    /** The version of the Kubernetes API whose rules the server follows. */
    private static final String MAJOR = "1";

    private static final String MINOR = "36";
    private static final String VERSION = "/version";
    private static final Set<String> HEALTH = Set.of("/healthz", "/livez", "/readyz");

    private final Map<String, BooleanSupplier> checks;
    private final Map<String, BooleanSupplier> readiness;

    /**
     * Health as these checks see it.
     *
     * @param checks what must hold for the server to be healthy, by name, in order
     * @param readiness what must hold, too, before it should be asked for anything
     */
    public About(Map<String, BooleanSupplier> checks, Map<String, BooleanSupplier> readiness) {
        this.checks = new LinkedHashMap<>(checks);
        this.readiness = new LinkedHashMap<>(checks);
        this.readiness.putAll(readiness);
    }

    /** Whether {@code path} is one that everybody may see, known or not, unless a rule of who may do what is taken away. */
    public static boolean isPublic(String path) {
        return path.equals(VERSION) || HEALTH.contains(path);
    }

    /** Where there is an answer. */
    public List<String> paths() {
        List<String> paths = new ArrayList<>(List.of(VERSION));
        for (String root : HEALTH) {
            paths.add(root);
            checks(root).keySet().forEach(check -> paths.add(root + "/" + check));
        }
        return paths;
    }

    /** The answer at {@code path}; null when there is none. */
    public @Nullable Reply answer(String path, Query query) {
        if (path.equals(VERSION)) {
            return Answers.json(200, version());
        }
        String root = root(path);
        if (!HEALTH.contains(root)) {
            return null;
        }
        return path.length() > root.length()
                ? one(checks(root), path.substring(root.length() + 1))
                : health(checks(root), root.substring(1), query);
    }

    private static String root(String path) {
        int second = path.indexOf('/', 1);
        return second < 0 ? path : path.substring(0, second);
    }

    private Map<String, BooleanSupplier> checks(String root) {
        return root.equals("/readyz") ? readiness : checks;
    }

    private static @Nullable Reply one(Map<String, BooleanSupplier> checks, String name) {
        BooleanSupplier check = checks.get(name);
        if (check == null) {
            return null;
        }
        return check.getAsBoolean() ? Answers.text(200, "ok") : Answers.text(500, "not ok\n");
    }

    private static Reply health(Map<String, BooleanSupplier> checks, String name, Query query) {
        List<String> excluded = query.texts("exclude");
        StringBuilder report = new StringBuilder();
        boolean healthy = true;
        for (Map.Entry<String, BooleanSupplier> check : checks.entrySet()) {
            if (excluded.contains(check.getKey())) {
                report.append("[+]").append(check.getKey()).append(" excluded: ok\n");
                continue;
            }
            boolean holds = check.getValue().getAsBoolean();
            healthy &= holds;
            report.append(holds ? "[+]" : "[-]").append(check.getKey()).append(holds ? " ok\n" : " failed\n");
        }
        report.append(name).append(healthy ? " check passed\n" : " check failed\n");
        if (!healthy) {
            return Answers.text(500, report.toString());
        }
        return Answers.text(200, query.given("verbose") ? report.toString() : "ok");
    }

    private static Map<String, Object> version() {
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("major", MAJOR);
        version.put("minor", MINOR);
        version.put("emulationMajor", MAJOR);
        version.put("emulationMinor", MINOR);
        version.put("minCompatibilityMajor", MAJOR);
        version.put("minCompatibilityMinor", "35");
        version.put("gitVersion", "v" + MAJOR + "." + MINOR + ".0+fairlead");
        version.put("gitCommit", "");
        version.put("gitTreeState", "clean");
        version.put("buildDate", "1970-01-01T00:00:00Z");
        version.put("goVersion", "");
        version.put("compiler", "javac");
        version.put("platform", "java/" + Runtime.version().feature());
        return version;
    }
}
