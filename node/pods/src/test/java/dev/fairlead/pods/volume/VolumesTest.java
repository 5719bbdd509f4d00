// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.core.definition.Tree;
import dev.fairlead.kernel.namespace.BindMount;
import dev.fairlead.pods.definition.PodSpec;
import dev.fairlead.pods.environment.PodFields;
import dev.fairlead.pods.environment.Values;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies in volumes, and the words for what cannot. */
class VolumesTest {
    @TempDir
    Path temporary;

    private final Map<String, Values.Entries> objects = new TreeMap<>();
    private final Map<Path, Tokens.Writing> kept = new TreeMap<>();
    private final Tokens tokens = (file, wanted, writing) -> {
        kept.put(file, writing);
        return wanted.audience().equals("none") ? null : wanted.audience() + wanted.seconds();
    };
    private Path folder;
    private Path place;

    @BeforeEach
    void prepare() throws IOException {
        folder = temporary.toRealPath().resolve("pod");
        place = Files.createDirectory(temporary.toRealPath().resolve("place"));
        objects.put(
                "configmap settings",
                new Values.Entries(
                        Values.Entries.of(Map.of("color", "red", "size", "9")).texts(),
                        Map.of("logo", new byte[] {-1, 0, 1})));
        objects.put("secret keys", Values.Entries.of(Map.of("token", "t0p")));
    }

    private List<BindMount> mounts(String volume, String mount) throws Exception {
        String pod =
                """
                {'metadata': {'name': 'web', 'namespace': 'shop', 'uid': 'u1', 'labels': {'b': 'x\\\\y', 'a': '1'}},
                 'spec': {'volumes': [{'name': 'v', VOLUME}], 'containers': [{'name': 'c',
                   'resources': {'limits': {'memory': '64Mi'}}, 'volumeMounts': [{'name': 'v', 'mountPath': 'PLACE'MOUNT}]}]}}
                """.replace("VOLUME", volume).replace("PLACE", place.toString()).replace("MOUNT", mount);
        PodSpec spec = PodSpec.from(Tree.of(Json.object(pod.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
        PodFields fields = new PodFields(spec, List.of("10.244.1.2"), List.of("192.0.2.7"), Map.of());
        Values values = (secret, name) -> objects.get((secret ? "secret " : "configmap ") + name);
        return new Volumes(folder, fields, values, tokens).of(spec.containers().getFirst(), Map.of("WHICH", "color"));
    }

    /** The files of the volume with their modes, one a line. */
    private String files() throws IOException {
        Path root = folder.resolve("volumes/v");
        StringBuilder text = new StringBuilder();
        try (var all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                byte[] bytes = Files.readAllBytes(file);
                text.append(root.relativize(file))
                        .append(' ')
                        .append(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .append(' ')
                        .append(bytes[0] < 0 ? "binary" : new String(bytes, StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return text.toString();
    }

    @Test
    void aConfigMapIsAFileForEachEntryAndFollowsChanges() throws Exception {
        List<BindMount> mounts = mounts("'configMap': {'name': 'settings'}", "");
        assertThat(mounts).containsExactly(new BindMount(folder.resolve("volumes/v"), place, true));
        assertThat(files()).isEqualTo("color rw-r--r-- red\nlogo rw-r--r-- binary\nsize rw-r--r-- 9\n");

        objects.put("configmap settings", Values.Entries.of(Map.of("color", "blue")));
        mounts("'configMap': {'name': 'settings'}", "");
        assertThat(files()).isEqualTo("color rw-r--r-- blue\n");
    }

    @Test
    void tokensAreWrittenAndReplaced() throws Exception {
        mounts(
                "'projected': {'sources': [{'serviceAccountToken': {'path': 'in/token', 'audience': 'vault', 'expirationSeconds': 700}},"
                        + " {'serviceAccountToken': {'path': 'usual'}}]}",
                "");
        Path token = folder.resolve("volumes/v/in/token");
        assertThat(token).hasContent("vault700");
        assertThat(folder.resolve("volumes/v/usual")).hasContent("3600");
        kept.get(token).write("newer");
        assertThat(token).hasContent("newer");
    }

    @Test
    void severalSourcesBecomeOneDirectory() throws Exception {
        mounts(
                "'projected': {'defaultMode': 256, 'sources': [{'secret': {'name': 'keys', 'items': [{'key': 'token', 'path': 'in/side'}]}},"
                        + " {'configMap': {'name': 'missing', 'optional': true}},"
                        + " {'configMap': {'name': 'settings', 'items': [{'key': 'color', 'path': 'color', 'mode': 493}]}},"
                        + " {'downwardAPI': {'items': [{'path': 'labels', 'fieldRef': {'fieldPath': 'metadata.labels'}},"
                        + " {'path': 'memory', 'resourceFieldRef': {'containerName': 'c', 'resource': 'limits.memory', 'divisor': '1Mi'}}]}}]}",
                "");

        assertThat(files()).isEqualTo("""
                        color rwxr-xr-x red
                        in/side r-------- t0p
                        labels r-------- a="1"
                        b="x\\\\y"
                        memory r-------- 64
                        """);
    }

    @Test
    void aPartMayBeMountedAlone() throws Exception {
        place = Files.createFile(temporary.toRealPath().resolve("file"));

        assertThat(mounts("'configMap': {'name': 'settings'}", ", 'subPathExpr': '$(WHICH)'"))
                .containsExactly(new BindMount(folder.resolve("volumes/v/color"), place, true));
    }

    @Test
    void whatIsWrittenToAnEmptyDirectoryStays() throws Exception {
        assertThat(mounts("'emptyDir': {}", ""))
                .containsExactly(new BindMount(folder.resolve("volumes/v"), place, false));
        Files.writeString(folder.resolve("volumes/v/note"), "kept");
        mounts("'emptyDir': {}", ", 'readOnly': true, 'subPath': 'deep/er'");

        assertThat(folder.resolve("volumes/v/note")).hasContent("kept");
        assertThat(folder.resolve("volumes/v/deep/er")).isDirectory();
    }

    @Test
    void aDirectoryOfTheNodeIsMadeOnlyIfThatWasSaid() throws Exception {
        Path host = temporary.toRealPath().resolve("host");
        String volume = "'hostPath': {'path': '" + host + "', 'type': 'TYPE'}";
        assertThatThrownBy(() -> mounts(volume.replace("TYPE", "Directory"), ""))
                .isInstanceOf(VolumeProblem.class)
                .hasMessage("volume v: hostPath " + host
                        + " is not on this node as a Directory; make it, or use type DirectoryOrCreate");
        assertThat(mounts(volume.replace("TYPE", "DirectoryOrCreate"), ""))
                .containsExactly(new BindMount(host, place, false));
        assertThat(mounts(volume.replace("TYPE", ""), "")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    'configMap': {'name': 'none'}                                                        | | volume v: configmap "none" not found
                    'secret': {'secretName': 'keys', 'items': [{'key': 'x', 'path': 'x'}]}               | | volume v: couldn't find key x in Secret keys
                    'configMap': {'name': 'settings', 'items': [{'key': 'color', 'path': '../../x'}]}    | | volume v: path "../../x" leads out of it
                    'downwardAPI': {'items': [{'path': 'x', 'fieldRef': {'fieldPath': 'spec.color'}}]}   | | volume v: file x: spec.color is not something that a pod can ask for
                    'projected': {'sources': [{'serviceAccountToken': {'path': 'token', 'audience': 'none'}}]} | | volume v: there is no token yet for service account default; is there such an account?
                    'projected': {'sources': [{'serviceAccountToken': {'path': '../token'}}]}            | | volume v: path "../token" leads out of it
                    'projected': {'sources': [{'clusterTrustBundle': {'path': 'x'}}]}                    | | volume v: projected clusterTrustBundle is not supported here; put what is needed into a secret
                    'persistentVolumeClaim': {'claimName': 'data'}                                       | | volume v: persistentVolumeClaim is not supported here; use hostPath for files that stay, emptyDir for those of the pod's life, configMap or secret for given ones
                    'emptyDir': {}                                                                       |, 'subPath': '../x' | volume v: subPath "../x" leads out of the volume
                    'configMap': {'name': 'settings'}                                                    |, 'subPath': 'no' | volume v: there is no file "no" in it
                    """)
    void whatCannotBeIsNamed(String volume, String mount, String problem) {
        assertThatThrownBy(() -> mounts(volume, mount == null ? "" : mount))
                .isInstanceOf(VolumeProblem.class)
                .hasMessage(problem);
    }

    @Test
    void theNodesOwnDirectoryIsNotHidden() throws IOException {
        place = temporary.toRealPath();

        assertThatThrownBy(() -> mounts("'emptyDir': {}", ""))
                .hasMessage("mountPath " + place
                        + " of container c would hide the node's data directory, which lies below it (" + folder
                        + "); mount somewhere else, or give the node another data directory");
    }

    @Test
    void aFileIsNotShownOverADirectory() {
        assertThatThrownBy(() -> mounts("'configMap': {'name': 'settings'}", ", 'subPath': 'color'"))
                .hasMessage(
                        "mountPath " + place
                                + " of container c is a directory and v/color is not; mount a file over a file, a directory over a directory");
    }
}
