//! The program as a process: bounded in time, ended by its own id.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a run of the program may take before the test gives it up.
const LONGEST: Duration = Duration::from_secs(120);

/// What a run left behind.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Asserts the exit code and hands the output on.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// Asserts that standard output or standard error has a text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text) || self.stderr.contains(text),
            "no `{text}` in:\n{self}"
        );
        self
    }

    /// Asserts that neither stream has a text.
    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(
            !self.stdout.contains(text) && !self.stderr.contains(text),
            "`{text}` in:\n{self}"
        );
        self
    }

    /// The message with a code, as it was printed.
    #[track_caller]
    pub(crate) fn message(&self, code: &str) -> String {
        let text = self.to_string();
        let begins = |line: &&str| {
            let level = line
                .strip_prefix("error[")
                .or(line.strip_prefix("warning["));
            level.is_some_and(|rest| rest.starts_with(code))
        };
        let lines = text.lines().skip_while(|line| !begins(line));
        let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
        assert!(!lines.is_empty(), "no {code} in:\n{self}");
        crate::mask::runs(&lines.join("\n"))
    }

    /// Asserts that a plan found nothing to do.
    #[track_caller]
    pub(crate) fn finds_nothing_to_do(self) -> Self {
        self.exits(0).says("no changes")
    }

    /// Standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{self}"))
    }
}

/// Everything, masked, as snapshots show it.
impl fmt::Display for Output {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(to, "exit {}", self.code)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(to, "--- {name}\n{}", crate::mask::mask(text).trim_end())?;
            }
        }
        Ok(())
    }
}

/// A program that runs; it ends with the test at the latest.
pub(crate) struct Process {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Process {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = lines(child.stdout.take().expect("a pipe"));
        let stderr = lines(child.stderr.take().expect("a pipe"));
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Sends a signal: `INT`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args([
                "-c",
                "kill -s \"$0\" \"$1\"",
                name,
                &self.child.id().to_string(),
            ])
            .status()
            .expect("a shell");
        assert!(sent.success(), "the process is gone already");
    }

    /// Waits for a line of standard output that has a text.
    #[track_caller]
    pub(crate) fn line_with(&self, text: &str) -> String {
        let mut seen = String::new();
        while let Ok(line) = self.stdout.recv_timeout(LONGEST) {
            if line.contains(text) {
                return line;
            }
            seen.push_str(&line);
        }
        panic!("no line with `{text}` in:\n{seen}");
    }

    /// Waits for the end.
    pub(crate) fn finish(mut self) -> Output {
        let stdout = rest(&self.stdout);
        let stderr = rest(&self.stderr);
        let status = self.child.wait().expect("a process of ours");
        Output {
            code: status.code().unwrap_or(-1),
            stdout,
            stderr,
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Hands on lines as they come, until the pipe is closed.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            let text = String::from_utf8_lossy(&line).into_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

fn rest(lines: &Receiver<String>) -> String {
    let mut text = String::new();
    loop {
        match lines.recv_timeout(LONGEST) {
            Ok(line) => text.push_str(&line),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return text,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it does not end:\n{text}"),
        }
    }
}
