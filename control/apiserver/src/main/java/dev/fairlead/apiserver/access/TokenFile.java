// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.access;

import dev.fairlead.wire.exchange.Request.User;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Static tokens in a file, as Kubernetes reads them: {@code token,user,uid,"group1,group2"}, a line each. */
public final class TokenFile {
    private TokenFile() {}

    /**
     * The tokens of a file, and whose they are.
     *
     * @throws IOException when it cannot be read; names the line that is wrong
     */
    public static Map<String, User> read(Path file) throws IOException {
        Map<String, User> tokens = new HashMap<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            List<String> fields = fields(line);
            if (fields.size() < 3
                    || fields.getFirst().isEmpty()
                    || fields.get(1).isEmpty()) {
                throw new FileSystemException(
                        file.toString(), null, "line " + (i + 1) + " must be token,user,uid[,\"group1,group2\"]");
            }
            List<String> groups = fields.size() < 4 || fields.get(3).isEmpty()
                    ? List.of()
                    : List.of(fields.get(3).split(",", -1));
            User user = new User(
                    fields.get(1), Collections.unmodifiableSet(new LinkedHashSet<>(groups)), fields.get(2), Map.of());
            if (tokens.put(fields.getFirst(), user) != null) {
                throw new FileSystemException(
                        file.toString(), null, "line " + (i + 1) + " has a token that is there already");
            }
        }
        return tokens;
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString().strip());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString().strip());
        return fields;
    }
}
