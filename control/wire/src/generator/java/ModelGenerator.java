// SPDX-License-Identifier: Apache-2.0

import com.google.gson.annotations.SerializedName;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.swagger.annotations.ApiModel;
import io.swagger.annotations.ApiModelProperty;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes the schema model at build time: the public Kubernetes model (names, types, what is required, descriptions), its
 * protobuf descriptors (field numbers) and our overlay (what neither says) become two resources of the wire module. Runs
 * once per change of its inputs; neither the model nor this class ships. {@code SchemaFile} is the reader of this format.
 *
 * <p>Arguments: the table of kinds, the overlay, our own kinds, the folder for the result.
 */
public final class ModelGenerator {
    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    private static final String PROTOS = "io.kubernetes.client.proto.";
    private static final List<String> KINDS = List.of(
            "STRING", "BOOLEAN", "INTEGER", "LONG", "NUMBER", "BYTES", "TIME", "MICRO_TIME", "QUANTITY", "INT_OR_STRING",
            "ANY", "OBJECT", "LIST", "MAP");

    /** Objects that are no pointers in Go, whatever has them. */
    private static final Set<String> VALUES = Set.of("metadata", "spec", "status");

    private final Map<String, Overlay> overlays;
    private final Set<String> usedOverlays = new HashSet<>();
    private final Map<String, Integer> strings = new LinkedHashMap<>();
    private final Map<String, Integer> typeIndex = new LinkedHashMap<>();
    private final List<Integer> typeNames = new ArrayList<>();
    private final List<byte[]> types = new ArrayList<>();
    private final Map<String, String> descriptions = new TreeMap<>();

    private ModelGenerator(Map<String, Overlay> overlays) {
        this.overlays = overlays;
    }

    public static void main(String[] arguments) throws Exception {
        ModelGenerator generator = new ModelGenerator(Overlay.read(Path.of(arguments[1])));
        Path folder = Path.of(arguments[3]);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(generator.roots(Files.readAllLines(Path.of(arguments[0]))));
        all.write(generator.ownRoots(Files.readAllLines(Path.of(arguments[2]))));
        byte[] roots = all.toByteArray();
        Set<String> unused = new HashSet<>(generator.overlays.keySet());
        unused.removeAll(generator.usedOverlays);
        if (!unused.isEmpty()) {
            throw new IllegalStateException("the overlay names fields that do not exist: " + unused);
        }
        Files.createDirectories(folder);
        StringBuilder texts = new StringBuilder();
        generator.descriptions.forEach((key, text) ->
                texts.append(key).append('\t').append(text.replaceAll("\\s+", " ")).append('\n'));
        Files.writeString(folder.resolve("descriptions.txt"), texts);
        Files.write(folder.resolve("model.bin"), generator.file(roots));
    }

    /** Lines {@code apiVersion kind ModelClass ProtoFile Message}, {@code -} for what there is not. */
    private byte[] roots(List<String> lines) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.trim().split("\\s+");
            Descriptor message = null;
            if (!words[3].equals("-")) {
                FileDescriptor file = (FileDescriptor)
                        Class.forName(PROTOS + words[3]).getMethod("getDescriptor").invoke(null);
                message = file.findMessageTypeByName(words[4]);
                if (message == null) {
                    throw new IllegalStateException("no message " + words[4] + " in " + words[3]);
                }
            }
            int type = objectType(Class.forName(MODELS + words[2]), message, false);
            out.writeShort(string(words[0]));
            out.writeShort(string(words[1]));
            out.writeShort(type);
        }
        return bytes.toByteArray();
    }

    /** Our own kinds; the syntax is explained at the top of their file. */
    private byte[] ownRoots(List<String> lines) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        Map<String, Integer> own = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank() || lines.get(i).startsWith("#")) {
                continue;
            }
            String[] parts = lines.get(i).split(" : ", 2);
            String[] words = parts[0].trim().split("\\s+");
            descriptions.put(words[0], parts[1]);
            List<String> fields = new ArrayList<>();
            while (i + 1 < lines.size() && lines.get(i + 1).startsWith(" ")) {
                fields.add(lines.get(++i));
            }
            int index = addType(words[0]);
            types.set(index, ownType(words[0], fields, own));
            own.put(words[0], index);
            if (words.length > 1) {
                out.writeShort(string(words[1]));
                out.writeShort(string(words[0]));
                out.writeShort(index);
            }
        }
        return bytes.toByteArray();
    }

    private byte[] ownType(String name, List<String> lines, Map<String, Integer> own) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBoolean(atomic(name));
        out.writeShort(lines.size());
        for (String line : lines) {
            String[] parts = line.split(" : ", 2);
            String[] words = parts[0].trim().split("\\s+");
            descriptions.put(name + "." + words[0], parts[1]);
            out.writeShort(string(words[0]));
            ownFieldType(out, words[1], own);
            out.writeShort(0); // no protobuf
            writeOverlay(out, name + "." + words[0], words.length > 2 && words[2].equals("required"));
        }
        out.writeShort(0);
        return bytes.toByteArray();
    }

    private void ownFieldType(DataOutputStream out, String type, Map<String, Integer> own) throws Exception {
        if (type.startsWith("[]")) {
            out.writeByte(KINDS.indexOf("LIST"));
            ownFieldType(out, type.substring(2), own);
            return;
        }
        int plain = KINDS.indexOf(type.toUpperCase(Locale.ROOT));
        if (plain >= 0) {
            out.writeByte(plain);
            return;
        }
        out.writeByte(KINDS.indexOf("OBJECT"));
        out.writeShort(own.containsKey(type) ? own.get(type) : known(Class.forName(MODELS + type)));
    }

    /** A type of the Kubernetes model, with field numbers when some kind brought them. */
    private int known(Class<?> model) throws Exception {
        for (Map.Entry<String, Integer> entry : typeIndex.entrySet()) {
            if (entry.getKey().startsWith(model.getName() + " ") && entry.getKey().endsWith("false")) {
                return entry.getValue();
            }
        }
        return objectType(model, null, false);
    }

    private boolean atomic(String type) {
        usedOverlays.add(type);
        return overlays.containsKey(type);
    }

    private byte[] file(byte[] roots) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(strings.size());
        for (String string : strings.keySet()) {
            out.writeUTF(string);
        }
        out.writeShort(types.size());
        for (int name : typeNames) {
            out.writeShort(name);
        }
        for (byte[] type : types) {
            out.write(type);
        }
        out.writeShort(roots.length / 6);
        out.write(roots);
        return bytes.toByteArray();
    }

    private int string(String text) {
        return strings.computeIfAbsent(text, _ -> strings.size());
    }

    /** The index of the type. */
    private int objectType(Class<?> model, Descriptor message, boolean inline) throws Exception {
        String key = model.getName() + " " + (message == null ? "" : message.getFullName()) + " " + inline;
        Integer known = typeIndex.get(key);
        if (known != null) {
            return known;
        }
        int index = addType(simpleName(model));
        typeIndex.put(key, index); // before its fields, which may come back to it
        types.set(index, typeBytes(model, message, inline));
        return index;
    }

    private int addType(String name) {
        typeNames.add(string(name));
        types.add(new byte[0]);
        return types.size() - 1;
    }

    private static String simpleName(Class<?> model) {
        return model.getSimpleName().replaceFirst("^V1(?=[A-Z])", "");
    }

    private byte[] typeBytes(Class<?> model, Descriptor message, boolean inline) throws Exception {
        String name = simpleName(model);
        ApiModel about = model.getAnnotation(ApiModel.class);
        if (about != null && !about.description().isEmpty()) {
            descriptions.put(name, about.description());
        }
        Set<?> required = (Set<?>) model.getField("openapiRequiredFields").get(null);
        ByteArrayOutputStream fieldBytes = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(fieldBytes);
        Set<String> names = new HashSet<>();
        int count = 0;
        for (Field field : model.getDeclaredFields()) {
            SerializedName serialized = field.getAnnotation(SerializedName.class);
            if (serialized == null) {
                continue;
            }
            String fieldName = serialized.value();
            names.add(fieldName);
            FieldDescriptor wire = message == null ? null : find(message, fieldName);
            if (inline && wire == null) {
                continue;
            }
            count++;
            describe(model, field, name + "." + fieldName);
            fields.writeShort(string(fieldName));
            fieldType(fields, field.getGenericType(), wire != null ? wire : findDeeper(message, fieldName));
            fields.writeShort(wire == null ? 0 : wire.getNumber());
            writeOverlay(fields, name + "." + fieldName, required.contains(fieldName));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBoolean(atomic(name));
        out.writeShort(count);
        out.write(fieldBytes.toByteArray());
        writeInlined(out, model, message, names);
        return bytes.toByteArray();
    }

    /** Go embeds structs (Volume holds VolumeSource): one object in JSON, a message of its own in protobuf. */
    private void writeInlined(DataOutputStream out, Class<?> model, Descriptor message, Set<String> names)
            throws Exception {
        List<FieldDescriptor> inlined = new ArrayList<>();
        for (FieldDescriptor wire : message == null ? List.<FieldDescriptor>of() : message.getFields()) {
            boolean unknown = names.stream().noneMatch(name -> name.equalsIgnoreCase(wire.getName()));
            if (unknown
                    && wire.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && wire.getMessageType().getFields().stream().anyMatch(inner -> names.contains(inner.getName()))) {
                inlined.add(wire);
            }
        }
        out.writeShort(inlined.size());
        for (FieldDescriptor wire : inlined) {
            out.writeShort(wire.getNumber());
            out.writeShort(objectType(model, wire.getMessageType(), true));
        }
    }

    private static FieldDescriptor find(Descriptor message, String name) {
        FieldDescriptor exact = message.findFieldByName(name);
        if (exact != null) {
            return exact;
        }
        String letters = name.replaceAll("[^A-Za-z0-9]", ""); // $ref is ref, x-kubernetes-list-type xKubernetesListType
        return message.getFields().stream()
                .filter(field -> field.getName().equalsIgnoreCase(letters))
                .findFirst()
                .orElse(null);
    }

    /** The field in a message that JSON has no level for: Volume.emptyDir is VolumeSource's. */
    private static FieldDescriptor findDeeper(Descriptor message, String name) {
        if (message == null) {
            return null;
        }
        return message.getFields().stream()
                .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                .map(field -> field.getMessageType().findFieldByName(name))
                .filter(found -> found != null)
                .findFirst()
                .orElse(null);
    }

    private void describe(Class<?> model, Field field, String key) {
        String name = field.getName().replaceFirst("^_", ""); // words of Java are written _default
        for (Method method : model.getMethods()) {
            ApiModelProperty property = method.getAnnotation(ApiModelProperty.class);
            if (property != null && method.getName().toLowerCase(Locale.ROOT).equals("get" + name.toLowerCase(Locale.ROOT))) {
                descriptions.put(key, property.value());
            }
        }
    }

    private void fieldType(DataOutputStream out, Type type, FieldDescriptor wire) throws Exception {
        if (type instanceof ParameterizedType generic) {
            boolean map = Map.class.isAssignableFrom((Class<?>) generic.getRawType());
            out.writeByte(KINDS.indexOf(map ? "MAP" : "LIST"));
            FieldDescriptor item = map && wire != null && wire.isMapField()
                    ? wire.getMessageType().findFieldByName("value")
                    : map ? null : wire;
            fieldType(out, generic.getActualTypeArguments()[map ? 1 : 0], item);
            return;
        }
        Class<?> plain = (Class<?>) type;
        if (plain == Object.class && isEmptyMessage(wire)) {
            out.writeByte(KINDS.indexOf("OBJECT"));
            out.writeShort(emptyType(wire.getMessageType().getName()));
            return;
        }
        String kind = kind(plain, wire);
        out.writeByte(KINDS.indexOf(kind));
        if (kind.equals("OBJECT")) {
            boolean message = wire != null && wire.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            out.writeShort(objectType(plain, message ? wire.getMessageType() : null, false));
        }
    }

    /** What is there or not, and says nothing else: {@code subresources.status}. */
    private static boolean isEmptyMessage(FieldDescriptor wire) {
        return wire != null
                && wire.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                && wire.getMessageType().getFields().isEmpty();
    }

    private int emptyType(String name) throws IOException {
        Integer known = typeIndex.get(name);
        if (known != null) {
            return known;
        }
        int index = addType(name);
        typeIndex.put(name, index);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBoolean(atomic(name));
        out.writeShort(0); // no fields
        out.writeShort(0); // none within
        types.set(index, bytes.toByteArray());
        return index;
    }

    private static String kind(Class<?> type, FieldDescriptor wire) {
        return switch (type.getSimpleName()) {
            case "String" -> "STRING";
            case "Boolean" -> "BOOLEAN";
            case "Integer" -> "INTEGER";
            case "Long" -> "LONG";
            case "Double" -> "NUMBER";
            case "byte[]" -> "BYTES";
            case "OffsetDateTime" ->
                wire != null && wire.getMessageType().getName().equals("MicroTime") ? "MICRO_TIME" : "TIME";
            case "Quantity" -> "QUANTITY";
            case "IntOrString" -> "INT_OR_STRING";
            case "Object" -> "ANY";
            default -> {
                if (!type.getName().startsWith(MODELS)) {
                    throw new IllegalStateException("no kind for " + type);
                }
                yield "OBJECT";
            }
        };
    }

    private void writeOverlay(DataOutputStream out, String key, boolean required) throws IOException {
        Overlay overlay = overlays.getOrDefault(key, Overlay.NONE);
        usedOverlays.add(key);
        boolean says = overlay != Overlay.NONE;
        boolean zero = overlay.zeroIsAbsent() || VALUES.contains(key.substring(key.indexOf('.') + 1));
        out.writeByte((required ? 1 : 0) | (zero ? 2 : 0) | (says ? 4 : 0));
        if (!says) {
            return;
        }
        out.writeByte(overlay.list());
        out.writeByte(overlay.keys().size());
        for (Map.Entry<String, String> key1 : overlay.keys().entrySet()) {
            out.writeShort(string(key1.getKey()));
            out.writeShort(string(key1.getValue()));
        }
        out.writeByte(overlay.strategy());
        out.writeShort(string(overlay.mergeKey()));
        out.writeByte(overlay.values().size());
        for (String value : overlay.values()) {
            out.writeShort(string(value));
        }
    }

    /** One line of the overlay; its syntax is explained at its top. */
    record Overlay(
            int list, Map<String, String> keys, int strategy, String mergeKey, List<String> values, boolean zeroIsAbsent) {
        static final Overlay NONE = new Overlay(0, Map.of(), 0, "", List.of(), false);
        private static final List<String> LISTS = List.of("", "atomic", "set", "map");

        static Map<String, Overlay> read(Path file) throws IOException {
            Map<String, Overlay> overlays = new LinkedHashMap<>();
            for (String line : Files.readAllLines(file)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.trim().split("\\s+");
                    if (overlays.put(words[0], parse(words)) != null) {
                        throw new IllegalStateException("twice in the overlay: " + words[0]);
                    }
                }
            }
            return overlays;
        }

        private static Overlay parse(String[] words) {
            int list = 0;
            int strategy = 0;
            String mergeKey = "";
            boolean zero = false;
            Map<String, String> keys = new LinkedHashMap<>();
            List<String> values = List.of();
            for (int i = 1; i < words.length; i++) {
                String[] word = words[i].split(":", 2);
                switch (word[0]) {
                    case "atomic", "set", "map" -> {
                        list = LISTS.indexOf(word[0]);
                        for (String key : word.length < 2 ? new String[0] : word[1].split(",")) {
                            String[] parts = key.split("=", 2);
                            keys.put(parts[0], parts.length < 2 ? "" : parts[1]);
                        }
                    }
                    case "merge" -> {
                        strategy |= 1;
                        mergeKey = word.length < 2 ? "" : word[1];
                    }
                    case "retainKeys" -> strategy |= 2;
                    case "in" -> values = List.of(word[1].split(","));
                    case "zero" -> zero = true;
                    default -> throw new IllegalStateException("the overlay does not know " + words[i]);
                }
            }
            return new Overlay(list, keys, strategy, mergeKey, values, zero);
        }
    }
}
