// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.fairlead.store.disk.DiskStore;
import java.io.File;
import java.io.PrintStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sqlite.JDBC;

/**
 * The process that gets killed. Each of its threads counts up a pair of keys, and prints {@code thread count revision} for
 * each commit that was acknowledged.
 */
final class CrashWriter {
    private CrashWriter() {}

    /** Starts a process that writes to {@code directory} with so many threads; it prints {@code ready} first. */
    static Process start(Path directory, int threads) throws Exception {
        String path = Stream.of(Store.class, CrashWriter.class, JDBC.class)
                .map(CrashWriter::location)
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        path,
                        CrashWriter.class.getName(),
                        directory.toString(),
                        "" + threads)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws Exception {
        Store store = DiskStore.open(Path.of(args[0]));
        PrintStream out = new PrintStream(System.out, true, US_ASCII);
        out.print("ready\n");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> count(store, number, out)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void count(Store store, int thread, PrintStream out) {
        long count = store.get(left(thread)).map(CrashWriter::number).orElse(0L);
        try {
            while (true) {
                count++;
                // Large now and then, so that the log also is killed in the middle of a value.
                ByteBuffer value =
                        ByteBuffer.allocate(count % 7 == 0 ? 20_000 : 8).putLong(0, count);
                long revision = store.commit(List.of(
                        Write.put(left(thread), value.array(), Expect.any()),
                        Write.put("/one/" + thread + "/" + count, new byte[100], Expect.absent()),
                        Write.delete("/one/" + thread + "/" + (count - 1), Expect.any()),
                        Write.put(right(thread), value.array(), Expect.any())));
                synchronized (out) {
                    out.print(thread + " " + count + " " + revision + "\n");
                }
            }
        } catch (ConflictException e) {
            throw new IllegalStateException(e);
        }
    }

    static String left(int thread) {
        return "/left/" + thread;
    }

    static String right(int thread) {
        return "/right/" + thread;
    }

    static long number(Entry entry) {
        return ByteBuffer.wrap(entry.value()).getLong();
    }

    /** The folder or jar that a class is in, whichever path it was found on. */
    private static String location(Class<?> type) {
        String name = "/" + type.getName().replace('.', '/') + ".class";
        String url = String.valueOf(type.getResource(name));
        String root = url.substring(0, url.length() - name.length());
        return Path.of(URI.create(root.replaceFirst("^jar:", "").replaceFirst("!$", "")))
                .toString();
    }
}
