module example.com/suite/tools

go 1.19
