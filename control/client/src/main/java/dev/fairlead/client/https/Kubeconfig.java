// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.yaml.Yaml;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file that tells kubectl where clusters are and who the user is. Understood: certificates and keys embedded or
 * in files (relative to the kubeconfig), tokens, token files, {@code insecure-skip-tls-verify}.
 */
public final class Kubeconfig {
    private final Path file;
    private final Tree whole;

    private Kubeconfig(Path file, Tree whole) {
        this.file = file;
        this.whole = whole;
    }

    /**
     * Reads a kubeconfig file.
     *
     * @throws IOException naming the file, and the line where it is not YAML
     */
    public static Kubeconfig read(Path file) throws IOException {
        try {
            List<Yaml.Document> documents = Yaml.read(Files.readString(file));
            if (documents.isEmpty()) {
                throw new IOException(file + ": the file is empty; a kubeconfig is expected");
            }
            return new Kubeconfig(file, new Tree(documents.getFirst().fields()));
        } catch (NoSuchFileException missing) {
            throw new IOException(file + ": there is no such file", missing);
        } catch (SyntaxException broken) {
            throw new IOException(file + ": " + broken.getMessage(), broken);
        }
    }

    /** The context that is used when none is named; empty when the file names none. */
    public String currentContext() {
        return whole.text("current-context", "");
    }

    /** The namespace of a context (null: the current one); {@code default} when it names none. */
    public String namespace(@Nullable String context) throws IOException {
        return context(context).text("namespace", "default");
    }

    /**
     * The connection of a context.
     *
     * @param context its name; null for the current one
     * @throws IOException naming the file and the field that is missing or cannot be used
     */
    public Connection connection(@Nullable String context) throws IOException {
        Tree chosen = context(context);
        String clusterName = chosen.text("cluster", "");
        Tree cluster = named("clusters", "cluster", clusterName);
        String userName = chosen.text("user", "");
        Tree user = userName.isEmpty() ? Tree.EMPTY : named("users", "user", userName);
        String authority = pem(cluster, "certificate-authority", "clusters[" + clusterName + "].cluster");
        return new Connection(
                server(cluster, clusterName),
                authority == null ? List.of() : Pem.certificates(authority),
                cluster.truth("insecure-skip-tls-verify", false),
                identity(user, "users[" + userName + "].user"),
                token(user, "users[" + userName + "].user"));
    }

    private Tree context(@Nullable String context) throws IOException {
        String name = context == null ? currentContext() : context;
        if (name.isEmpty()) {
            throw new IOException(file + ": current-context is not set; name a context");
        }
        return named("contexts", "context", name);
    }

    private Tree named(String list, String field, String name) throws IOException {
        for (Tree one : whole.trees(list)) {
            if (one.text("name", "").equals(name)) {
                return one.tree(field);
            }
        }
        throw new IOException(file + ": " + list + " has none named '" + name + "'; it has "
                + whole.trees(list).stream().map(one -> one.text("name", "")).toList());
    }

    private URI server(Tree cluster, String name) throws IOException {
        String server = cluster.text("server", "");
        if (!server.startsWith("https://") && !server.startsWith("http://")) {
            throw new IOException(file + ": clusters[" + name + "].cluster.server is '" + server
                    + "'; https://host:port is expected");
        }
        try {
            return URI.create(server.endsWith("/") ? server.substring(0, server.length() - 1) : server);
        } catch (IllegalArgumentException notUri) {
            throw new IOException(file + ": clusters[" + name + "].cluster.server is no URL: " + server, notUri);
        }
    }

    private Connection.@Nullable Identity identity(Tree user, String where) throws IOException {
        for (String plugin : List.of("exec", "auth-provider", "username")) {
            if (user.has(plugin)) {
                throw new IOException(
                        file + ": " + where + "." + plugin + " is not supported; use a client certificate or a token");
            }
        }
        String certificate = pem(user, "client-certificate", where);
        String key = pem(user, "client-key", where);
        if (certificate == null || key == null) {
            if (certificate != null || key != null) {
                throw new IOException(file + ": " + where + " has a client certificate or a key, but not both");
            }
            return null;
        }
        try {
            return new Connection.Identity(Pem.certificates(certificate), Pem.key(key));
        } catch (IOException unusable) {
            throw new IOException(file + ": " + where + ": " + unusable.getMessage(), unusable);
        }
    }

    private Connection.@Nullable Token token(Tree user, String where) throws IOException {
        String token = user.text("token");
        if (token != null) {
            return () -> token;
        }
        String tokenFile = user.text("tokenFile");
        if (tokenFile == null) {
            return null;
        }
        Path path = file.resolveSibling(tokenFile);
        if (!Files.isReadable(path)) {
            throw new IOException(file + ": " + where + ".tokenFile: cannot read " + path);
        }
        return () -> Files.readString(path).strip();
    }

    /** The text of {@code field-data} (base64) or of the file that {@code field} names; null when neither is set. */
    private @Nullable String pem(Tree tree, String field, String where) throws IOException {
        String data = tree.text(field + "-data", "");
        if (!data.isEmpty()) {
            try {
                return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
            } catch (IllegalArgumentException broken) {
                throw new IOException(file + ": " + where + "." + field + "-data is no base64", broken);
            }
        }
        String named = tree.text(field, "");
        if (named.isEmpty()) {
            return null;
        }
        Path path = file.resolveSibling(named);
        try {
            return Files.readString(path);
        } catch (IOException missing) {
            throw new IOException(file + ": " + where + "." + field + ": cannot read " + path, missing);
        }
    }
}
