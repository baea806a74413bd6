//! How many threads and connections there are.

use super::Settings;

impl Settings {
    /// Threads that serve requests.
    pub fn worker_count(&self) -> usize {
        self.workers.map_or_else(|| cores() as usize, usize::from)
    }

    /// Threads of each worker that use the database. All workers have as many, so that a request waits equally
    /// long whichever it comes to.
    pub fn threads_per_worker(&self) -> usize {
        let asked = self
            .database_connections
            .unwrap_or_else(|| (2 * cores()).max(4));
        (asked as usize).div_ceil(self.worker_count()).max(1)
    }

    /// Connections to the database, one for each thread that uses them.
    pub fn connections(&self) -> u32 {
        let all = self.threads_per_worker() * self.worker_count();
        u32::try_from(all).unwrap_or(u32::MAX)
    }
}

fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| {
        u32::try_from(count.get()).unwrap_or(u32::MAX / 2)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::settings;

    #[test]
    fn there_is_a_connection_for_each_thread_and_as_many_threads_for_each_worker() {
        for (connections, workers, threads, all) in [
            ("20", "16", 2, 32),
            ("32", "16", 2, 32),
            ("4", "2", 2, 4),
            ("1", "8", 1, 8),
            ("500", "256", 2, 512),
        ] {
            let flags = ["--database-connections", connections, "--workers", workers];
            let settings = settings(&flags);
            let found = (settings.threads_per_worker(), settings.connections());
            assert_eq!(found, (threads, all), "{flags:?}");
        }
    }
}
