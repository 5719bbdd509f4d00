// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.wire.schema;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the file that the generator wrote: strings, the names of types, types in the same order, then kinds. */
final class SchemaFile {
    private static final ValueType.Kind[] KINDS = ValueType.Kind.values();
    private static final Field.ListType[] LISTS = Field.ListType.values();

    private final DataInputStream in;
    private final List<String> strings = new ArrayList<>();
    private final List<ObjectType> types = new ArrayList<>();
    private final Map<ValueType.Kind, ValueType> plain = new LinkedHashMap<>();

    SchemaFile(DataInputStream in) {
        this.in = in;
    }

    /** The types of the kinds, by {@code apiVersion kind}. */
    Map<String, ObjectType> read() throws IOException {
        int count = in.readUnsignedShort();
        for (int i = 0; i < count; i++) {
            strings.add(in.readUTF());
        }
        count = in.readUnsignedShort();
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add(string());
        }
        names.forEach(name -> types.add(new ObjectType(name)));
        for (ObjectType type : types) {
            define(type);
        }
        count = in.readUnsignedShort();
        Map<String, ObjectType> kinds = LinkedHashMap.newLinkedHashMap(count);
        for (int i = 0; i < count; i++) {
            String apiVersion = string();
            kinds.put(apiVersion + " " + string(), types.get(in.readUnsignedShort()));
        }
        return kinds;
    }

    private String string() throws IOException {
        return strings.get(in.readUnsignedShort());
    }

    private void define(ObjectType type) throws IOException {
        boolean atomic = in.readBoolean();
        int count = in.readUnsignedShort();
        List<Field> fields = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fields.add(field());
        }
        count = in.readUnsignedShort();
        List<ObjectType.Inlined> inlined = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            inlined.add(new ObjectType.Inlined(in.readUnsignedShort(), types.get(in.readUnsignedShort())));
        }
        type.define(atomic, fields, inlined);
    }

    private Field field() throws IOException {
        String name = string();
        ValueType type = valueType();
        int number = in.readUnsignedShort();
        int flags = in.readUnsignedByte();
        boolean required = (flags & 1) != 0;
        boolean zeroIsAbsent = (flags & 2) != 0;
        if ((flags & 4) == 0) {
            return new Field(name, type, number, required, zeroIsAbsent, Field.Join.NONE, List.of());
        }
        Field.Join join = join();
        int count = in.readUnsignedByte();
        List<String> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(string());
        }
        return new Field(name, type, number, required, zeroIsAbsent, join, List.copyOf(values));
    }

    private Field.Join join() throws IOException {
        Field.ListType list = LISTS[in.readUnsignedByte()];
        int count = in.readUnsignedByte();
        Map<String, Optional<Object>> keys = LinkedHashMap.newLinkedHashMap(count);
        for (int i = 0; i < count; i++) {
            String key = string();
            String otherwise = string();
            keys.put(key, otherwise.isEmpty() ? Optional.empty() : Optional.of(otherwise));
        }
        int strategy = in.readUnsignedByte();
        return new Field.Join(list, keys, (strategy & 1) != 0, string(), (strategy & 2) != 0);
    }

    private ValueType valueType() throws IOException {
        ValueType.Kind kind = KINDS[in.readUnsignedByte()];
        return switch (kind) {
            case LIST, MAP -> new ValueType(kind, valueType(), null);
            case OBJECT -> new ValueType(kind, null, types.get(in.readUnsignedShort()));
            default -> plain.computeIfAbsent(kind, each -> new ValueType(each, null, null));
        };
    }
}
