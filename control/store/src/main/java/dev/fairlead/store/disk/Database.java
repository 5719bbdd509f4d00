// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.store.disk;

import dev.fairlead.store.Entry;
import dev.fairlead.store.Event;
import dev.fairlead.store.StoreException;
import dev.fairlead.store.history.Commit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The file: the newest entry of each key, and the last revision. Used by one thread at a time.
 *
 * <p>Write-ahead log with {@code synchronous=FULL}: a transaction is on disk, by one sync of the log, when commit returns.
 * {@code locking_mode=EXCLUSIVE}: the log's index lives in our memory instead of a shared file, and nobody else's tools
 * can hold up a write.
 */
final class Database implements AutoCloseable {
    private static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE entry (
              id INTEGER PRIMARY KEY,
              key TEXT NOT NULL UNIQUE,
              value BLOB NOT NULL,
              created INTEGER NOT NULL,
              modified INTEGER NOT NULL) STRICT""",
            "CREATE TABLE latest (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL) STRICT",
            "INSERT INTO latest VALUES (1, 1)",
            "PRAGMA application_id = " + StoreFile.APPLICATION,
            "PRAGMA user_version = " + StoreFile.FORMAT);

    private static final String PUT = """
            INSERT INTO entry (key, value, created, modified) VALUES (?, ?, ?, ?)
            ON CONFLICT (key) DO UPDATE
            SET value = excluded.value, created = excluded.created, modified = excluded.modified""";

    private final Connection connection;
    private Statements prepared;

    /** All that a file holds. */
    record Contents(long revision, List<Entry> entries) {}

    /**
     * What writing needs. Transactions begin and end by hand and not by JDBC's auto-commit flag, which does not notice when
     * SQLite ends one on its own.
     */
    private record Statements(
            PreparedStatement begin,
            PreparedStatement put,
            PreparedStatement delete,
            PreparedStatement latest,
            PreparedStatement commit) {
        static Statements of(Connection connection) throws SQLException {
            return new Statements(
                    connection.prepareStatement("BEGIN IMMEDIATE"),
                    connection.prepareStatement(PUT),
                    connection.prepareStatement("DELETE FROM entry WHERE key = ?"),
                    connection.prepareStatement("UPDATE latest SET revision = ?"),
                    connection.prepareStatement("COMMIT"));
        }

        void close() throws SQLException {
            for (PreparedStatement statement : List.of(begin, put, delete, latest, commit)) {
                statement.close();
            }
        }
    }

    private Database(Connection connection) throws SQLException {
        this.connection = connection;
        this.prepared = Statements.of(connection);
    }

    /** Makes a new file with no entries, all of it or nothing, readable by its owner alone where that can be said. */
    static void create(Path file) throws SQLException, IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.deleteIfExists(draft.resolveSibling(draft.getFileName() + suffix));
        }
        Path directory = file.resolveSibling("");
        boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
        if (posix) {
            Files.createFile(draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try (Connection connection = connect(draft, new SQLiteConfig())) {
            execute(connection, "PRAGMA journal_mode = WAL");
            for (String statement : SCHEMA) {
                execute(connection, statement);
            }
        }
        sync(draft, StandardOpenOption.WRITE);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        if (posix) {
            sync(directory, StandardOpenOption.READ); // the name is on disk only with its directory
        }
    }

    /** Reads it all through a connection that cannot change the file, not even by tidying up when it closes. */
    static Contents read(Path file) throws SQLException, IOException {
        SQLiteConfig readOnly = new SQLiteConfig();
        readOnly.setReadOnly(true);
        try (Connection connection = connect(file, readOnly)) {
            requireWhole(file, connection);
            return contents(file, connection);
        } finally {
            // The log's shared index, which a reader leaves behind and our exclusive writer does without.
            Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
        }
    }

    /** Opens an existing file for writing. */
    static Database open(Path file) throws SQLException {
        return open(file, new SQLiteConfig());
    }

    /** The same with bounds on the connection, for tests of a full disk. */
    static Database open(Path file, SQLiteConfig config) throws SQLException {
        Connection connection = connect(file, config);
        try {
            execute(connection, "PRAGMA locking_mode = EXCLUSIVE");
            execute(connection, "PRAGMA journal_mode = WAL");
            execute(connection, "PRAGMA synchronous = FULL");
            return new Database(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Writes commits in one transaction; on return they are on disk. */
    void write(List<Commit> commits) throws SQLException {
        prepared.begin().executeUpdate();
        for (Commit commit : commits) {
            for (Event event : commit.events()) {
                write(event);
            }
        }
        prepared.latest().setLong(1, commits.getLast().revision());
        prepared.latest().executeUpdate();
        prepared.commit().executeUpdate();
    }

    /** Takes back what a failed {@link #write} has done so far; on return it is sure that no transaction is open. */
    void rollback() throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // After some errors, a full disk among them, SQLite may have done so itself. If not, it refuses to begin.
            execute(connection, "BEGIN");
            execute(connection, "ROLLBACK");
        }
        // The driver (3.54) has thrown away the statement that failed, whichever it was.
        prepared.close();
        prepared = Statements.of(connection);
    }

    /** Moves the log into the file and closes it. */
    @Override
    public void close() throws SQLException {
        try (connection) {
            prepared.close();
        }
    }

    private void write(Event event) throws SQLException {
        switch (event) {
            case Event.Put made -> {
                PreparedStatement put = prepared.put();
                Entry entry = made.entry();
                put.setString(1, entry.key());
                put.setBytes(2, entry.value());
                put.setLong(3, entry.createRevision());
                put.setLong(4, entry.modRevision());
                put.executeUpdate();
            }
            case Event.Delete gone -> {
                prepared.delete().setString(1, gone.key());
                prepared.delete().executeUpdate();
            }
        }
    }

    private static Connection connect(Path file, SQLiteConfig config) throws SQLException {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw new StoreException(
                    "cannot load SQLite's native library (%s): start java with -Dorg.sqlite.tmpdir=FOLDER, a folder that is writable and not mounted noexec"
                            .formatted(e),
                    e);
        }
        return config.createConnection("jdbc:sqlite:" + file);
    }

    private static void sync(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    private static void requireWhole(Path file, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("PRAGMA quick_check(1)")) {
            String first = found.next() ? found.getString(1) : "no answer";
            if (!"ok".equals(first)) {
                throw StoreFile.bad(file, "is damaged (" + first + ")");
            }
        }
    }

    private static Contents contents(Path file, Connection connection) throws SQLException {
        List<Entry> entries = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            long revision;
            try (ResultSet row = statement.executeQuery("SELECT revision FROM latest")) {
                if (!row.next()) {
                    throw StoreFile.bad(file, "is damaged (it has no revision)");
                }
                revision = row.getLong(1);
            }
            try (ResultSet row = statement.executeQuery("SELECT key, value, created, modified FROM entry")) {
                while (row.next()) {
                    entries.add(new Entry(row.getString(1), row.getBytes(2), row.getLong(3), row.getLong(4)));
                }
            }
            return new Contents(revision, entries);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
