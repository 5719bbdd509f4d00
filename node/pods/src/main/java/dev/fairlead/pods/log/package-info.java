/**
 * The output of containers. A process writes straight to one file, opened for appending, because it has to outlive this
 * process: a pump between the two would end it with SIGPIPE. So a file that has grown too large cannot be renamed away
 * from its writer; its content is copied aside and the file cut to nothing. {@link dev.fairlead.pods.log.LogFile}
 * decides that and reads across the pieces, {@link dev.fairlead.pods.log.Logs} looks at all files once a second, and
 * {@link dev.fairlead.pods.log.PodLogs} answers {@code kubectl logs}. {@link dev.fairlead.pods.log.LogWriter} is how
 * what is played in this JVM writes to such a file.
 *
 * <p>Invariants: a byte's place in the log (its distance from the first byte ever written) never changes, and a reader
 * goes by places, so it meets no gap and no repetition when the file is cut. What a process writes in the microseconds
 * between the last copy and the cut is lost; that is the price of having no pump. Output carries no times of its own:
 * lines are dated by how large the file was when it was looked at, to about a second.
 */
package dev.fairlead.pods.log;
