// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads the server and its libraries apart from the test's. It knows the JDK, and of the test's class path only this library's
 * public types; a Netty, Vert.x or Jackson there is neither seen nor disturbed.
 */
final class EngineLoader extends ClassLoader {
    private static final String OURS = "dev.fairlead.junit.";
    private static final String ENGINE = OURS + "engine.";
    /** Of annotations that nobody asks about at run time. */
    private static final String ANNOTATIONS = "org.jspecify.";
    /**
     * Not there for the engine: Netty would prepare events for Java's Flight Recorder wherever it finds it, which costs a first
     * cluster time, whether or not anybody records.
     */
    private static final String FLIGHT_RECORDER = "jdk.jfr.";

    static {
        registerAsParallelCapable();
    }

    private final Source source;
    private final ClassLoader shared;

    /**
     * A loader.
     *
     * @param shared knows the types that both sides speak of
     */
    EngineLoader(Source source, ClassLoader shared) {
        super("fairlead", ClassLoader.getPlatformClassLoader());
        this.source = source;
        this.shared = shared;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (name.startsWith(FLIGHT_RECORDER)) {
            throw new ClassNotFoundException(name);
        }
        return super.loadClass(name, resolve);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith(OURS) && !name.startsWith(ENGINE)) {
            return shared.loadClass(name);
        }
        if (name.startsWith(ANNOTATIONS)) {
            throw new ClassNotFoundException(name);
        }
        try {
            byte[] bytes = source.bytes(name.replace('.', '/') + ".class");
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException broken) {
            throw new ClassNotFoundException(name, broken);
        }
    }

    @Override
    protected @Nullable URL findResource(String name) {
        return source.find(name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = source.find(name);
        return Collections.enumeration(found == null ? List.of() : List.of(found));
    }
}
