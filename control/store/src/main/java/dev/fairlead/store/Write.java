// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

/** One part of a commit: a condition on a key, and what happens to the key if all conditions of the commit hold. */
public sealed interface Write {
    /** Never empty, no lone surrogates, no NUL: what can be written to any file and read back the same. */
    String key();

    /** The condition. */
    Expect expect();

    /** Gives {@code key} this value, whatever it had. The array now belongs to the store. */
    static Write put(String key, byte[] value, Expect expect) {
        return new Put(key, value, expect);
    }

    /** Removes the entry of {@code key}, if there is one. */
    static Write delete(String key, Expect expect) {
        return new Delete(key, expect);
    }

    /** Changes nothing; the commit only happens if {@code expect} holds. */
    static Write check(String key, Expect expect) {
        return new Check(key, expect);
    }

    /** See {@link Write#put}. A class and not a record only because records compare arrays by identity. */
    final class Put implements Write {
        private final String key;
        private final byte[] value;
        private final Expect expect;

        /** See {@link Write#put}. */
        public Put(String key, byte[] value, Expect expect) {
            this.key = validKey(key);
            this.value = value;
            this.expect = expect;
        }

        @Override
        public String key() {
            return key;
        }

        /** The array itself, not a copy. */
        public byte[] value() {
            return value;
        }

        @Override
        public Expect expect() {
            return expect;
        }

        @Override
        public String toString() {
            return "Put[key=" + key + ", value=" + value.length + " bytes, expect=" + expect + "]";
        }
    }

    /** See {@link Write#delete}. */
    record Delete(String key, Expect expect) implements Write {
        /** Refuses a key that cannot be. */
        public Delete {
            validKey(key);
        }
    }

    /** See {@link Write#check}. */
    record Check(String key, Expect expect) implements Write {
        /** Refuses a key that cannot be. */
        public Check {
            validKey(key);
        }
    }

    private static String validKey(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("a key must not be empty");
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < key.length() && Character.isLowSurrogate(key.charAt(i + 1))) {
                i++;
            } else if (c == 0 || Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        "a key must not hold \\u%04x, as at its index %d".formatted((int) c, i));
            }
        }
        return key;
    }
}
