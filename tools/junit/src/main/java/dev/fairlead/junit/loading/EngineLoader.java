// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.loading;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * Loads the server and its libraries apart from the test's. It knows the JDK, and of the test's class path only this library's
 * public types; a Netty, Vert.x or Jackson there is neither seen nor disturbed.
 */
final class EngineLoader extends URLClassLoader {
    private static final String OURS = "dev.fairlead.junit.";
    private static final String ENGINE = OURS + "engine.";
    private static final String ANNOTATIONS = "org.jspecify.";

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader shared;

    /**
     * A loader.
     *
     * @param shared knows the types that both sides speak of
     */
    EngineLoader(List<URL> parts, ClassLoader shared) {
        super("fairlead", parts.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.shared = shared;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith(OURS) && !name.startsWith(ENGINE)) {
            return shared.loadClass(name);
        }
        if (name.startsWith(ANNOTATIONS)) {
            throw new ClassNotFoundException(name); // annotations that nobody asks about at run time
        }
        return super.findClass(name);
    }
}
