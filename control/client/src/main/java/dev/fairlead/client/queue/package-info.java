/**
 * Keys waiting for work: {@link dev.fairlead.client.queue.WorkQueue}.
 *
 * <p>The contract, which every controller builds on:
 *
 * <ol>
 *   <li><b>One at a time.</b> A key is in the hands of at most one worker; different keys run beside each other.
 *   <li><b>Once is enough.</b> A key added while it waits is not added again. A key added while it is worked on runs
 *       once more afterwards, however often it was added: no change that came before {@code add} is missed.
 *   <li><b>Order.</b> Keys start in the order in which they were added first.
 *   <li><b>Later.</b> A key has at most one timer, the earliest asked for. A run of the key replaces the timer, because
 *       the run sees everything and can ask again.
 *   <li><b>Failures.</b> {@code Retry} without a time, and exceptions, wait by the queue's {@code Backoff}, longer with
 *       each failure in a row; {@code Done} and {@code Refused} forget the failures. A fresh {@code add} does not wait.
 *   <li><b>The end.</b> {@code close} takes no more keys, lets running ones finish and drops those that wait;
 *       {@code drain} first waits until nothing waits or runs (timers do not count).
 * </ol>
 *
 * <p>Start reading at {@link dev.fairlead.client.queue.WorkQueue}; the bookkeeping without threads is {@code Waiting}.
 */
package dev.fairlead.client.queue;
